package main

import (
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"

	"glassy/cuda/kernels/internal/manifest"
)

// nvrtc is NVIDIA's run-time compiler, opened as a library.
type nvrtc struct {
	version          func(major, minor *int32) int32
	errorString      func(code int32) string
	create           func(program *uintptr, source, name string, headers int32, texts, names **byte) int32
	compile          func(program uintptr, n int32, options **byte) int32
	logSize, ptxSize func(program uintptr, size *uint64) int32
	log, ptx         func(program uintptr, text *byte) int32
	destroy          func(program *uintptr) int32
}

func openNVRTC(path string) (*nvrtc, error) {
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, err
	}
	c := new(nvrtc)
	for name, f := range map[string]any{
		"nvrtcVersion": &c.version, "nvrtcGetErrorString": &c.errorString,
		"nvrtcCreateProgram": &c.create, "nvrtcCompileProgram": &c.compile, "nvrtcDestroyProgram": &c.destroy,
		"nvrtcGetProgramLogSize": &c.logSize, "nvrtcGetProgramLog": &c.log,
		"nvrtcGetPTXSize": &c.ptxSize, "nvrtcGetPTX": &c.ptx,
	} {
		purego.RegisterLibFunc(f, handle, name)
	}
	return c, nil
}

// Version in words.
func (c *nvrtc) Version() string {
	var major, minor int32
	c.version(&major, &minor)
	return fmt.Sprintf("NVRTC %d.%d", major, minor)
}

// Compile makes PTX for a capability. The sources are handed over as text, so
// that no path of this machine can get into the result. A warning is an error.
func (c *nvrtc) Compile(s *manifest.Source, capability int) (text []byte, err error) {
	names := s.HeaderNames()
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = string(s.Headers[name])
	}
	var program uintptr
	textList, nameList := cStrings(texts), cStrings(names)
	if code := c.create(&program, string(s.Text), s.Name+".cu", int32(len(names)), unsafe.SliceData(textList), unsafe.SliceData(nameList)); code != 0 {
		return nil, fmt.Errorf("nvrtcCreateProgram: %s", c.errorString(code))
	}
	defer c.destroy(&program)
	options := cStrings([]string{
		fmt.Sprintf("--gpu-architecture=compute_%d", capability),
		"--std=c++17",
		"--device-as-default-execution-space",
	})
	code := c.compile(program, int32(len(options)), unsafe.SliceData(options))
	log := strings.TrimSpace(string(read(c.logSize, c.log, program)))
	if code != 0 || log != "" {
		return nil, fmt.Errorf("%s for compute_%d: %s\n%s", s.Name+".cu", capability, c.errorString(code), log)
	}
	return read(c.ptxSize, c.ptx, program), nil
}

// read asks for the size of a text, then for the text, which ends with a zero.
func read(size func(uintptr, *uint64) int32, get func(uintptr, *byte) int32, program uintptr) []byte {
	var n uint64
	if size(program, &n) != 0 || n == 0 {
		return nil
	}
	text := make([]byte, n)
	if get(program, &text[0]) != 0 {
		return nil
	}
	return text[:slices.Index(text, 0)]
}

func cStrings(words []string) []*byte {
	list := make([]*byte, len(words))
	for i, w := range words {
		list[i] = &append([]byte(w), 0)[0]
	}
	return list
}
