package interp

import (
	"fmt"
	"go/token"
	"reflect"

	"glassy/kernel/engine/cell"
)

// code is a compiled function.
type code struct {
	name     string
	slots    int
	captures []int // slots of variables of the functions around
	params   []int // slots
	ptypes   []reflect.Type
	results  []int // slots of the results, which all have one
	rtypes   []reflect.Type
	body     stmt
	defers   bool
	fset     *token.FileSet
}

// frame is one call of a function.
type frame struct {
	*thread
	code   *code
	caller *frame
	vars   []reflect.Value // addressable memory of each variable
	pos    token.Pos       // of the running statement
	label  string          // where a labelled break or continue, or a goto, goes
	defers []func()
	panics *panicking // what the deferred functions of this frame may recover
	rec    *panicking // what this frame, a deferred call, may recover
}

// panicking is a panic on its way.
type panicking struct {
	value     any
	recovered bool
}

// thread is a goroutine of interpreted code.
type thread struct {
	top   *frame
	depth int
}

func newThread() *thread { return &thread{} }

// maxDepth keeps an endless recursion from taking all memory.
const maxDepth = 400_000

// MaxStack is the stack that such a depth needs.
const MaxStack = 2 << 30

func (g *thread) enter(k *code) *frame {
	f := &frame{thread: g, code: k, caller: g.top, vars: make([]reflect.Value, k.slots)}
	if g.depth++; g.depth > maxDepth {
		g.depth = 0
		panic(overflow("stack overflow: a function calls itself without end"))
	}
	g.top = f
	return f
}

func (g *thread) leave() {
	g.top = g.top.caller
	g.depth--
}

type overflow string

func (o overflow) Error() string { return string(o) }
func (overflow) RuntimeError()   {}

// Func is a function value. A nil function is a nil *Func.
type Func struct {
	code *code
	env  []reflect.Value // variables of the functions around
	call func(g *thread, args []reflect.Value) []reflect.Value
	host reflect.Value // the compiled function, if it is one

	params, results []reflect.Type // of call, where compiled code calls it
}

// call runs a function. The arguments may be other people's memory: they are
// copied.
func (g *thread) call(fn *Func, args []reflect.Value) []reflect.Value {
	return g.callDeferred(fn, args, nil)
}

func (g *thread) callDeferred(fn *Func, args []reflect.Value, rec *panicking) (out []reflect.Value) {
	if fn == nil {
		nilFunc()
	}
	if fn.call != nil {
		return fn.call(g, args)
	}
	k := fn.code
	f := g.enter(k)
	f.rec = rec
	for i, slot := range k.captures {
		f.vars[slot] = fn.env[i]
	}
	for i, slot := range k.params {
		v := reflect.New(k.ptypes[i]).Elem()
		v.Set(args[i])
		f.vars[slot] = v
	}
	for i, slot := range k.results {
		f.vars[slot] = reflect.New(k.rtypes[i]).Elem()
	}
	if k.defers {
		f.runDeferring()
	} else {
		k.body(f)
	}
	g.top = f.caller
	g.depth--
	if len(k.results) == 0 {
		return nil
	}
	out = make([]reflect.Value, len(k.results))
	for i, slot := range k.results {
		out[i] = f.vars[slot]
	}
	return out
}

func nilFunc() {
	var f func()
	f()
}

// runDeferring runs the body of a function that defers.
func (f *frame) runDeferring() {
	g, depth := f.thread, f.depth
	var state *panicking
	finished := false
	// unwind runs the deferred functions that are left; one that panics takes
	// the place of the panic before it.
	var unwind func()
	unwind = func() {
		done := false
		defer func() {
			if done {
				return
			}
			x := recover()
			if x == nil {
				return // runtime.Goexit
			}
			g.top, g.depth = f, depth
			state = &panicking{value: g.traced(x)}
			unwind()
		}()
		for len(f.defers) > 0 {
			d := f.defers[len(f.defers)-1]
			f.defers = f.defers[:len(f.defers)-1]
			f.panics = state
			d()
			if state != nil && state.recovered {
				state = nil
			}
		}
		done = true
	}
	defer func() {
		if !finished {
			x := recover()
			if x != nil {
				x = g.traced(x)
				g.top, g.depth = f, depth
				state = &panicking{value: x}
			}
		}
		unwind()
		if state != nil {
			panic(state.value)
		}
	}()
	f.code.body(f)
	finished = true
}

// traced notes where a panic was, before its frames are left.
func (g *thread) traced(x any) any {
	switch x.(type) {
	case *cell.Traced:
		return x
	}
	return &cell.Traced{Value: x, Frames: g.frames()}
}

// frames are the cells' lines on the stack, innermost first.
func (g *thread) frames() (fs []cell.Frame) {
	for f := g.top; f != nil && len(fs) < 64; f = f.caller {
		if f.code.fset == nil || !f.pos.IsValid() {
			continue
		}
		p := f.code.fset.Position(f.pos)
		var fr cell.Frame
		if _, err := fmt.Sscanf(p.Filename, cell.FilePrefix+"%d", &fr.Unit); err != nil {
			continue
		}
		fr.Line, fr.Func = p.Line, f.code.name
		fs = append(fs, fr)
	}
	return fs
}

// trace is deferred where compiled code calls interpreted code: a panic goes on
// with the lines of the cell.
func (g *thread) trace() {
	if g.top == nil && g.depth == 0 {
		return
	}
	if x := recover(); x != nil {
		panic(g.traced(x))
	}
}

// goFunc is fn for compiled code, as a function of the Go type t.
func (w *World) goFunc(fn *Func, t reflect.Type) reflect.Value {
	if fn == nil {
		return reflect.Zero(t)
	}
	if fn.host.IsValid() {
		if fn.host.Type() == t {
			return fn.host
		}
		return fn.host.Convert(t)
	}
	return reflect.MakeFunc(t, func(args []reflect.Value) []reflect.Value {
		g := newThread()
		defer g.trace()
		in := make([]reflect.Value, len(args))
		for i := range in {
			in[i] = w.view(args[i], fn.param(i, args[i].Type(), w))
		}
		args = in
		out := g.call(fn, args)
		for i := range out {
			out[i] = w.outward(out[i], t.Out(i))
		}
		return out
	})
}

// param is the Go type of a parameter, which compiled code gives as a t.
func (fn *Func) param(i int, t reflect.Type, w *World) reflect.Type {
	switch {
	case fn.code != nil:
		return fn.code.ptypes[i]
	case i < len(fn.params):
		return fn.params[i]
	}
	return w.hostRepr(t)
}

// fromGoFunc is a compiled function as a function value.
func fromGoFunc(w *World, v reflect.Value) *Func {
	if v.IsNil() {
		return nil
	}
	t := v.Type()
	return &Func{host: v, call: func(g *thread, args []reflect.Value) []reflect.Value {
		in := make([]reflect.Value, len(args))
		for i := range in {
			want := reflect.Type(nil)
			want = t.In(i)
			in[i] = w.outward(args[i], want)
		}
		if t.IsVariadic() {
			return v.CallSlice(in)
		}
		return v.Call(in)
	}}
}
