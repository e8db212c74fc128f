package notebook

import (
	"encoding/base64"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"glassy/kernel/cmd/glassy/internal/files"
)

// extensions of the images that a notebook holds, by MIME type.
var extensions = map[string]string{
	"image/svg+xml":   ".svg",
	"image/png":       ".png",
	"image/jpeg":      ".jpg",
	"image/gif":       ".gif",
	"image/webp":      ".webp",
	"application/pdf": ".pdf",
}

// SaveFigures writes every image of the outputs into dir as cellN-k.svg,
// cellN-k.png, ...: N is the number of the cell, k counts its outputs that are
// images, from 1. It returns the paths.
func SaveFigures(dir string, cell int, outputs []Output) (paths []string, err error) {
	k := 0
	for _, o := range outputs {
		counted := false
		for _, mimeType := range slices.Sorted(maps.Keys(o.Data)) {
			ext := extensions[mimeType]
			s, ok := o.Data[mimeType].(string)
			if ext == "" || !ok {
				continue
			}
			if !counted {
				k, counted = k+1, true
			}
			raw := []byte(s)
			if ext != ".svg" {
				if raw, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), "")); err != nil {
					return paths, fmt.Errorf("figure %d of cell %d: %s: %w", k, cell, mimeType, err)
				}
			}
			path := filepath.Join(dir, fmt.Sprintf("cell%d-%d%s", cell, k, ext))
			if err := os.MkdirAll(dir, 0o777); err != nil {
				return paths, fmt.Errorf("figure %d of cell %d: %w", k, cell, err)
			}
			if err := files.Save(path, raw); err != nil {
				return paths, fmt.Errorf("figure %d of cell %d: %w", k, cell, err)
			}
			paths = append(paths, path)
		}
	}
	return paths, nil
}
