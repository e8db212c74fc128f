package server

import (
	"context"
	"runtime"
	"slices"
	"strings"

	"glassy/kernel/wire"
)

// kernelInfo answers kernel_info_request.
func (s *Server) kernelInfo(context.Context, *request) (*reply, error) {
	version := strings.TrimPrefix(runtime.Version(), "go")
	return &reply{content: map[string]any{
		"status":                 "ok",
		"protocol_version":       wire.ProtocolVersion,
		"implementation":         "glassy",
		"implementation_version": s.version,
		"language_info": map[string]any{
			"name":               "go",
			"version":            version,
			"mimetype":           "text/x-go",
			"file_extension":     ".go",
			"pygments_lexer":     "go",
			"codemirror_mode":    "go",
			"nbconvert_exporter": "script",
		},
		"banner": "Glassy " + s.version + ": Go " + version + " in cells, and a laboratory for energy landscapes. Type %help for help.",
		"help_links": []map[string]string{
			{"text": "A Tour of Go", "url": "https://go.dev/tour/"},
			{"text": "Go standard library", "url": "https://pkg.go.dev/std"},
			{"text": "Gonum", "url": "https://pkg.go.dev/gonum.org/v1/gonum"},
		},
		"debugger":           slices.Contains(s.features(), "debugger"),
		"supported_features": s.features(),
	}}, nil
}
