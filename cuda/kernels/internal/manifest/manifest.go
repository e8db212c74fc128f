// Package manifest reads and writes manifest.json, which says of what source
// each compiled kernel file was made and what is in it.
package manifest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Name of the file in the folder of the kernels.
const Name = "manifest.json"

// Capabilities that every kernel is compiled for, as 10*major + minor, rising.
var Capabilities = []int{60, 80}

// more is how a kernel's file asks for another one: a line of comment that begins
// with "compute_90:" and says why.
var more = regexp.MustCompile(`(?m)^// compute_(\d+):`)

// A Kernel is one line of the manifest: one .cu file.
type Kernel struct {
	Name     string         `json:"name"`    // of the file, without .cu
	Source   string         `json:"source"`  // SHA-256 of the file and of all headers that it includes
	Headers  []string       `json:"headers"` // by name
	Compiler string         `json:"compiler"`
	PTX      map[int]string `json:"ptx"` // SHA-256 of each capability's PTX
	Entries  []Entry        `json:"entries"`
}

// An Entry is a function that can be launched.
type Entry struct {
	Name   string `json:"name"`
	Params []int  `json:"params"` // sizes in bytes
}

// File is the name of a kernel's PTX in the folder ptx.
func File(kernel string, capability int) string {
	return fmt.Sprintf("%s.sm%d.ptx", kernel, capability)
}

// Hash is the SHA-256 of b in hexadecimal.
func Hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Parse reads a manifest.
func Parse(text []byte) ([]Kernel, error) {
	var all []Kernel
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("%s: %w; run cuda/kernels/compile.sh", Name, err)
	}
	return all, nil
}

// Format writes a manifest: sorted, one line for each kernel, so that changes
// to different kernels merge.
func Format(all []Kernel) []byte {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Kernel) int { return strings.Compare(a.Name, b.Name) })
	var out bytes.Buffer
	for i, k := range all {
		line, err := json.Marshal(k)
		if err != nil {
			panic(err) // strings and integers only
		}
		out.WriteString([]string{"[\n", ",\n"}[min(i, 1)])
		out.Write(line)
	}
	if len(all) == 0 {
		return []byte("[]\n")
	}
	out.WriteString("\n]\n")
	return out.Bytes()
}

// A Source is a kernel file with the headers that it includes.
type Source struct {
	Name    string
	Text    []byte
	Headers map[string][]byte // by the name in #include
}

// Kernels are the names of the kernel files in a folder.
func Kernels(folder string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.cu"))
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), ".cu")
	}
	return files, err
}

var include = regexp.MustCompile(`(?m)^[ \t]*#[ \t]*include[ \t]*"([^"]+)"`)

// Read takes a kernel's file, and all headers that it includes, from a folder.
// Headers called twin*.h are for the host's compiler and no part of a kernel.
func Read(folder, name string) (*Source, error) {
	text, err := os.ReadFile(filepath.Join(folder, name+".cu"))
	if err != nil {
		return nil, err
	}
	s := &Source{Name: name, Text: text, Headers: map[string][]byte{}}
	for queue := [][]byte{text}; len(queue) > 0; queue = queue[1:] {
		for _, match := range include.FindAllSubmatch(queue[0], -1) {
			header := string(match[1])
			if _, have := s.Headers[header]; have || strings.HasPrefix(header, "twin") {
				continue
			}
			text, err := os.ReadFile(filepath.Join(folder, header))
			if err != nil {
				return nil, fmt.Errorf("%s.cu: #include %q: %w", name, header, err)
			}
			s.Headers[header] = text
			queue = append(queue, text)
		}
	}
	return s, nil
}

// Capabilities that the kernel is compiled for, rising.
func (s *Source) Capabilities() []int {
	all := slices.Clone(Capabilities)
	for _, match := range more.FindAllSubmatch(s.Text, -1) {
		if c, err := strconv.Atoi(string(match[1])); err == nil {
			all = append(all, c)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// HeaderNames in order.
func (s *Source) HeaderNames() []string {
	names := make([]string, 0, len(s.Headers))
	for name := range s.Headers {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Hash covers the file and its headers.
func (s *Source) Hash() string {
	h := sha256.New()
	fmt.Fprintf(h, "%d\n%s", len(s.Text), s.Text)
	for _, name := range s.HeaderNames() {
		fmt.Fprintf(h, "%s %d\n%s", name, len(s.Headers[name]), s.Headers[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}

var (
	entry = regexp.MustCompile(`(?s)\.entry\s+([A-Za-z_$][\w$]*)\s*(?:\(([^)]*)\))?`)
	param = regexp.MustCompile(`\.param\s+(?:\.align\s+\d+\s+)?\.[a-z](\d+)\s+(?:\.ptr\S*\s+)*[\w$]+(?:\[(\d+)\])?`)
)

// Entries are what PTX text can launch, in its order, with the sizes of the
// parameters.
func Entries(ptx []byte) []Entry {
	var all []Entry
	for _, match := range entry.FindAllSubmatch(ptx, -1) {
		e := Entry{Name: string(match[1]), Params: []int{}}
		for _, p := range param.FindAllSubmatch(match[2], -1) {
			size, times := 0, 1
			fmt.Sscan(string(p[1]), &size)
			if len(p[2]) > 0 {
				fmt.Sscan(string(p[2]), &times)
			}
			e.Params = append(e.Params, size/8*times)
		}
		all = append(all, e)
	}
	return all
}
