# Completions of `@program@` for fish: @program@ completions fish | source
function @function@
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r -- '^~' $HOME $before[1])
    for line in (command $program __complete --word="$current" -- $before[2..-1] 2>/dev/null)
        switch $line
            case ':files' ':folders'
                set -l option (string match -r -- '^--[^=]*=' "$current")
                set -l typed (string replace -r -- '^--[^=]*=' '' "$current")
                if test $line = ':files'
                    printf '%s\n' "$option"(__fish_complete_path "$typed")
                else
                    printf '%s\n' "$option"(__fish_complete_directories "$typed")
                end
            case '*'
                printf '%s\n' $line
        end
    end
end
complete -c @quoted@ -f -k -a '(@function@)'
