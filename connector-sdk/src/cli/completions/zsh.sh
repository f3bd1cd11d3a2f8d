#compdef @program@
# Completions of `@program@` for zsh: source <(@program@ completions zsh)
@function@() {
    local value about
    local -a before whole begun
    before=("${(@Q)words[2,CURRENT-1]}")
    while IFS=$'\t' read -r value about; do
        case $value in
            :files | :folders)
                [[ $PREFIX == --*=* ]] && compset -P '*='
                if [[ $value == :files ]]; then _files; else _files -/; fi
                return
                ;;
        esac
        # `_describe` parts a value from its description at the first colon.
        value=${value//:/\\:}
        if [[ $value == *= ]]; then begun+=("$value:$about"); else whole+=("$value:$about"); fi
    done < <("${words[1]/#\~/$HOME}" __complete "--word=${(Q)PREFIX}" -- "${before[@]}" 2>/dev/null)
    local found=1
    (($#whole)) && _describe -V candidates whole && found=0
    (($#begun)) && _describe -V candidates begun -S '' && found=0
    return found
}
# From a folder of `$fpath` this file is the function itself; sourced, it only says that there is one.
if [[ ${funcstack[1]} == _@quoted@ ]]; then
    @function@ "$@"
elif (($+functions[compdef])); then
    compdef @function@ @quoted@
fi
