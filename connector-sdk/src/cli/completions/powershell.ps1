# Completions of `@program@` for PowerShell: @program@ completions powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName @quoted@ -ScriptBlock {
    param($word, $line, $cursor)
    $texts = @($line.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursor } | ForEach-Object {
        if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { "$_" }
    })
    $program = "$($line.CommandElements[0])"
    $before = @($texts | Select-Object -Skip 1)
    & $program __complete "--word=$word" -- @before 2>$null | ForEach-Object {
        $value, $about = $_ -split "`t", 2
        if ($value -eq ':files' -or $value -eq ':folders') {
            $option = if ($word -match '^--[^=]*=') { $Matches[0] } else { '' }
            $typed = $word.Substring($option.Length)
            [System.Management.Automation.CompletionCompleters]::CompleteFilename($typed) |
                Where-Object { $value -eq ':files' -or $_.ResultType -eq 'ProviderContainer' } |
                ForEach-Object {
                    $text = "$option$($_.CompletionText)"
                    [System.Management.Automation.CompletionResult]::new($text, $_.ListItemText, $_.ResultType, $_.ToolTip)
                }
        } else {
            if (-not $about) { $about = $value }
            $text = if ($value -match '[^\w=:.,/+-]') { "'" + $value.Replace("'", "''") + "'" } else { $value }
            [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $about)
        }
    }
}
