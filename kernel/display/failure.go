package display

import (
	"fmt"
	"html"
	"strings"
)

// Helper is what an error implements to say what to do about it.
type Helper interface{ Help() string }

// maxCauses bounds the chain of errors that is shown.
const maxCauses = 20

// ofError is an error with its help, and, in HTML, with the errors that it wraps
// and their types: one of them is what errors.As and errors.Is look for.
func ofError(err error) Bundle {
	message := text(err)
	b := Text(message)
	var help string
	var list strings.Builder
	causes := 0
	var walk func(err error)
	walk = func(err error) {
		if err == nil || causes == maxCauses {
			return
		}
		causes++
		if h, ok := err.(Helper); ok && help == "" {
			help = h.Help()
		}
		fmt.Fprintf(&list, "<li><code>%s</code>: %s", html.EscapeString(fmt.Sprintf("%T", err)), html.EscapeString(text(err)))
		var inner []error
		switch x := err.(type) {
		case interface{ Unwrap() error }:
			inner = []error{x.Unwrap()}
		case interface{ Unwrap() []error }:
			inner = x.Unwrap()
		}
		if len(inner) > 0 {
			list.WriteString("<ul>")
			for _, e := range inner {
				walk(e)
			}
			list.WriteString("</ul>")
		}
		list.WriteString("</li>")
	}
	walk(err)
	if help == "" && causes == 1 {
		return b
	}
	page := "<pre>" + html.EscapeString(message) + "</pre>"
	if help != "" {
		b.Data["text/plain"] = message + "\n" + help
		page += "<p>" + html.EscapeString(help) + "</p>"
	}
	if causes > 1 {
		page += "<details><summary>wraps</summary><ul>" + list.String() + "</ul></details>"
	}
	b.Data["text/html"] = page
	return b
}
