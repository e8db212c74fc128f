package run

// Control is something on the screen by which a reader sets a number, a word, or
// yes or no. Its value is a float64, an int, a string or a bool throughout.
type Control struct {
	Name  string
	Value any // at first

	// A number goes from Low to High, which are of the type of Value, in steps of
	// Step, or of Step decades where Log is true.
	Low, High any
	Step      float64
	Log       bool

	// A word, or a number, that is one of several is one of these.
	Options []any
}

// Interact shows controls and, below them, what draw makes of their values; and
// again whenever a reader changes one, for as long as the screen is there. Without
// a host that has controls, it returns false.
func Interact(controls []Control, draw func(values []any) (shown []any)) bool {
	h := host.Load()
	if h == nil || h.Interact == nil {
		return false
	}
	h.Interact(controls, draw)
	return true
}
