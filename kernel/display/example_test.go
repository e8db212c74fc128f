package display_test

import (
	"fmt"

	"glassy/kernel/display"
)

type energy float64

func (e energy) MIMEBundle() map[string]any {
	return map[string]any{
		"text/plain": fmt.Sprintf("E = %.3f", float64(e)),
		"text/latex": fmt.Sprintf("$E = %.3f$", float64(e)),
	}
}

// A type chooses how it is shown by one method, without importing this package.
func ExampleOf() {
	b := display.Of(energy(-1.657))
	fmt.Println(b.Data["text/plain"])
	fmt.Println(b.Data["text/latex"])
	// Output:
	// E = -1.657
	// $E = -1.657$
}

// With no notebook, what is shown goes to standard output as text.
func ExampleShow() {
	display.Show(energy(-1.657), struct{ N, P int }{100, 3})
	// Output:
	// E = -1.657
	// {N:100 P:3}
}

// A figure that changes: shown once, then replaced where it stands.
func ExampleUpdate() {
	id := display.NewID()
	display.ShowAs(id, "step 0")
	for step := 1; step <= 2; step++ {
		display.Update(id, fmt.Sprint("step ", step))
	}
	// Output:
	// step 0
	// step 1
	// step 2
}
