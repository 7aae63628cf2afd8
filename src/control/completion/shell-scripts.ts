/** What a shell is to run so that reevectl's command lines are completed: each only asks reevectl itself what may come next. */

const bash = `# Completion of reevectl for bash: source <(reevectl completion bash)
_reevectl() {
  local line=\${COMP_LINE:0:COMP_POINT} words cur prefix word
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  cur=\${words[-1]}
  # Readline takes what follows these characters for a word of its own.
  prefix=\${cur%"\${cur##*[@:=]}"}
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    COMPREPLY+=("\${word#"$prefix"}")
  done < <("\${words[0]}" completion words -- "\${words[@]:1}" 2>/dev/null)
}
complete -o default -F _reevectl reevectl
`;

const zsh = `#compdef reevectl
# Completion of reevectl for zsh: source <(reevectl completion zsh), or as _reevectl in a directory of fpath
_reevectl() {
  local -a candidates
  local word meaning
  while IFS=$'\\t' read -r word meaning; do
    candidates+=("\${word//:/\\\\:}\${meaning:+:$meaning}")
  done < <("\${words[1]}" completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#candidates} )); then
    _describe reevectl candidates
  else
    _files
  fi
}
if [[ \${funcstack[1]} == _reevectl ]]; then
  _reevectl "$@"
else
  compdef _reevectl reevectl
fi
`;

const fish = `# Completion of reevectl for fish: reevectl completion fish | source
function __reevectl_words
    set -l before (commandline --tokens-expanded --cut-at-cursor 2>/dev/null; or commandline -opc)
    set -l current (commandline --current-token --cut-at-cursor)
    $before[1] completion words -- $before[2..] "$current" 2>/dev/null
end
complete --command reevectl --no-files --arguments '(__reevectl_words)'
complete --command reevectl --short-option p --long-option socket-path --require-parameter --force-files
complete --command reevectl --short-option d --long-option services-dir --require-parameter --force-files
`;

export const shellScripts: Readonly<Record<string, string>> = { bash, zsh, fish };
