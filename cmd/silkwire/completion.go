package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh" help:"bash or zsh: source <(silkwire completion bash)"`
}

// Run prints a script that knows every command and every flag: it is made of
// the very structs that the command line is read with.
func (c *completionCmd) Run(std *stdio, k *kong.Context) error {
	var b strings.Builder
	if c.Shell == "zsh" {
		b.WriteString("autoload -U +X bashcompinit && bashcompinit\n")
	}
	b.WriteString("_silkwire() {\n  local path=silkwire word i\n  for ((i = 1; i < COMP_CWORD; i++)); do\n    word=${COMP_WORDS[i]}\n    case \"$path $word\" in\n")
	paths, words := commandWords(k.Model.Node)
	for _, p := range paths[1:] {
		fmt.Fprintf(&b, "      %q) path=%q ;;\n", p, p)
	}
	b.WriteString("    esac\n  done\n  case \"$path\" in\n")
	for _, p := range paths {
		fmt.Fprintf(&b, "    %q) word=%q ;;\n", p, strings.Join(words[p], " "))
	}
	b.WriteString("  esac\n  COMPREPLY=($(compgen -W \"$word\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\ncomplete -o default -F _silkwire silkwire\n")
	_, err := fmt.Fprint(std.out, b.String())
	return err
}

// commandWords are all commands as they are typed, the program first, and what
// can follow each.
func commandWords(root *kong.Node) (paths []string, words map[string][]string) {
	words = map[string][]string{}
	var walk func(n *kong.Node, path string)
	walk = func(n *kong.Node, path string) {
		paths = append(paths, path)
		for _, f := range slices.Concat(n.AllFlags(true)...) {
			words[path] = append(words[path], "--"+f.Name)
		}
		for _, child := range n.Children {
			if child.Type == kong.CommandNode && !child.Hidden {
				words[path] = append(words[path], child.Name)
				walk(child, path+" "+child.Name)
			}
		}
	}
	walk(root, "silkwire")
	return paths, words
}
