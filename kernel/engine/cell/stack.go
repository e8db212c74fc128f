package cell

import (
	"fmt"
	"runtime"
	"strings"
)

// FilePrefix begins the file name that a cell's code carries in stack traces;
// the number of the unit follows.
const FilePrefix = "/cell/"

// Frame is one line of a cell on a panicking stack.
type Frame struct {
	Unit int    `json:"unit"`
	Line int    `json:"line"`
	Func string `json:"func,omitempty"` // empty for the cell's own statements
}

func (f Frame) String() string {
	if f.Func == "" {
		return fmt.Sprintf("%s%d:%d", FilePrefix, f.Unit, f.Line)
	}
	return fmt.Sprintf("%s%d:%d %s", FilePrefix, f.Unit, f.Line, f.Func)
}

// Frames picks the cells' lines out of the text of a stack, innermost first.
func Frames(stack []byte) []Frame {
	var fs []Frame
	fn := ""
	for line := range strings.SplitSeq(string(stack), "\n") {
		if strings.HasPrefix(line, "created by ") {
			break
		}
		if !strings.HasPrefix(line, "\t") {
			fn = line
			continue
		}
		at := strings.TrimSpace(line)
		if !strings.HasPrefix(at, FilePrefix) {
			continue
		}
		var f Frame
		if _, err := fmt.Sscanf(at[len(FilePrefix):], "%d:%d", &f.Unit, &f.Line); err != nil {
			continue
		}
		f.Func = funcName(fn)
		fs = append(fs, f)
	}
	return fs
}

// funcName turns "glassycell/3.𐐀fib(0x5, ...)" into "fib".
func funcName(s string) string {
	if i := strings.LastIndexByte(s, '('); i > 0 {
		s = s[:i]
	}
	s = s[strings.LastIndexByte(s, '/')+1:]
	if i := strings.IndexByte(s, '.'); i >= 0 {
		s = s[i+1:]
	}
	s = Unmark(s)
	if s == RunFunc || strings.HasPrefix(s, RunFunc+".") {
		return ""
	}
	return s
}

// PanicText is what Go prints after "panic: ".
func PanicText(x any) (s string) {
	defer func() {
		if y := recover(); y != nil {
			s = fmt.Sprintf("%T (its message panics: %v)", x, y)
		}
	}()
	switch x := x.(type) {
	case runtime.Error:
		return x.Error()
	case error:
		return x.Error()
	case fmt.Stringer:
		return x.String()
	case string:
		return x
	}
	return fmt.Sprintf("%v", x)
}
