package engine

import "testing"

func TestEmbeddedPredeclaredTypes(t *testing.T) {
	b := newBench(t)
	b.ok("type S struct { string; int }\ntype E struct { error; code int }\ns := S{\"a\", 1}\nv := struct{ float64 }{2}")
	b.want("s.int++; s.string += \"b\"; fmt.Sprintf(\"%v %+v %T\", s, s, s)", "{ab 2} {string:ab int:2} main.S")
	b.want("e := E{error: errors.New(\"x\"), code: 3}; e.Error()", "x")
	b.want("v.float64 * 2", "4")
	b.want("fmt.Sprintf(\"%T\", v)", "struct { float64 }")
	b.want("w := v; w == struct{ float64 }{2}", "true")
}
