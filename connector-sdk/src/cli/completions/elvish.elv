# Completions of `@program@` for elvish: eval (@program@ completions elvish | slurp)
use path
use str
set edit:completion:arg-completer[@quoted@] = {|@words|
    var last = (- (count $words) 1)
    var word = $words[$last]
    (external $words[0]) __complete '--word='$word '--' (all $words[1..$last]) 2>$path:dev-null | each {|line|
        var value @about = (str:split "\t" $line)
        if (or (eq $value :files) (eq $value :folders)) {
            edit:complete-filename $word
        } elif (== (count $about) 0) {
            put $value
        } else {
            edit:complex-candidate $value &display=$value' ('$about[0]')'
        }
    }
}
