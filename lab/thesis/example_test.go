package thesis_test

import (
	"fmt"

	"glassy/lab/fig"
	"glassy/lab/thesis"
)

// The numbers of Figure 2.1 beside the thesis's.
func Example() {
	r, err := thesis.Figure("2.1", thesis.Quick)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, row := range r.Rows[:2] {
		fmt.Printf("%s: thesis %s, ours %.6f, %s\n", fig.Plain(row.Quantity), row.Thesis, row.Ours, row.Verdict())
	}
	// Output:
	// −E_∞: thesis −1.633, ours -1.632993, agrees
	// −E_0: thesis −1.657, ours -1.656998, agrees
}

// A chapter, or the whole thesis, is a loop.
func ExampleSelect() {
	items, err := thesis.Select("2")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, info := range items[:1] {
		fmt.Println(info.ID, info.Title)
	}
	// Output:
	// 2.1 Complexity of the spherical 3-spin glass
}
