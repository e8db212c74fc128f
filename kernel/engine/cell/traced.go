package cell

// Traced is a panic of interpreted code, with the lines it passed: they are on
// no stack that the runtime knows.
type Traced struct {
	Value  any
	Frames []Frame
}

func (t *Traced) Error() string { return PanicText(t.Value) }
