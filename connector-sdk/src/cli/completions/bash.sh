# Completions of `@program@` for bash: source <(@program@ completions bash)
@function@() {
    # Bash takes `--mode=write` and `a:b` for several words. Here, what no blank parts is one.
    local line=${COMP_LINE:0:COMP_POINT} words=() at rest word
    for ((at = 0; at <= COMP_CWORD; at++)); do
        rest=${line#"${line%%[![:space:]]*}"}
        word=${COMP_WORDS[at]}
        ((at == COMP_CWORD)) && word=$rest
        if ((at)) && [[ $rest == "$line" ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
        line=${rest#"$word"}
    done
    local current=${words[${#words[@]} - 1]}

    # Inside quotes nothing is to be escaped, and outside of them everything is.
    local quote=
    case $current in
        [\"\']*) quote=${current:0:1} current=${current:1} ;;
        *) current=${current//\\/} ;;
    esac
    # What bash took for earlier words is not part of what it puts in.
    local kept= mark piece
    for mark in = :; do
        if [[ -z $quote && $COMP_WORDBREAKS == *$mark* && $current == *$mark* ]]; then
            piece=${current%"${current##*"$mark"}"}
            ((${#piece} > ${#kept})) && kept=$piece
        fi
    done

    COMPREPLY=()
    local value about kind
    while IFS=$'\t' read -r value about; do
        case $value in
            :files) kind=-f ;;
            :folders) kind=-d ;;
            *) kind= ;;
        esac
        if [[ -n $kind ]]; then
            [[ $current == --*=* ]] && current=${current#*=}
            compopt -o filenames 2>/dev/null
            while IFS= read -r value; do
                COMPREPLY+=("$value")
            done < <(compgen "$kind" -- "$current")
            return
        fi
        [[ $value == "$kept"* ]] || continue
        value=${value:${#kept}}
        [[ -n $quote ]] || printf -v value %q "$value"
        [[ $value == *= ]] && compopt -o nospace 2>/dev/null
        COMPREPLY+=("$value")
    done < <("${words[0]/#\~/$HOME}" __complete "--word=$current" -- "${words[@]:1:${#words[@]}-2}" 2>/dev/null)
}
complete -o nosort -F @function@ -- @quoted@ 2>/dev/null || complete -F @function@ -- @quoted@
