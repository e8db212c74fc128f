package process

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"glassy/lab/run"
)

// cited holds the works that the cells have rested on since the session process
// began.
var cited struct {
	sync.Mutex
	keys map[string]bool
}

func cite(key string) {
	cited.Lock()
	defer cited.Unlock()
	if cited.keys == nil {
		cited.keys = map[string]bool{}
	}
	cited.keys[key] = true
}

// tellCited is %cite.
func tellCited(string) string {
	cited.Lock()
	defer cited.Unlock()
	if len(cited.keys) == 0 {
		return "no cell has used anyone's work since the session process began"
	}
	var entries []string
	for _, key := range slices.Sorted(maps.Keys(cited.keys)) {
		entries = append(entries, run.BibTeX(key))
	}
	return strings.Join(entries, "\n\n")
}
