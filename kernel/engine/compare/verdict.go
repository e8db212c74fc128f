package compare

import "fmt"

// Verdict is what became of a cell that was run again.
type Verdict struct {
	Name string // of the cell, for people
	// How tells the difference, "" where there is none.
	How string
	// Why tells for what reason the cell cannot be compared; How is then nothing
	// to go by.
	Why string
}

// Differs reports whether the cell gives something else.
func (v Verdict) Differs() bool { return v.How != "" && v.Why == "" }

func (v Verdict) String() string {
	switch {
	case v.Why != "":
		return fmt.Sprintf("%s not comparable: %s", v.Name, v.Why)
	case v.How != "":
		return fmt.Sprintf("%s differs: %s", v.Name, v.How)
	}
	return v.Name + " equal"
}

// Unsteady is why a cell is not comparable whose runs in two fresh sessions
// differ, from each other.
func Unsteady(how string) string {
	return "two runs in fresh sessions differ, as random numbers and times do: " + how
}

// Summary counts verdicts.
func Summary(vs []Verdict) string {
	equal, differs, not := 0, 0, 0
	for _, v := range vs {
		switch {
		case v.Why != "":
			not++
		case v.How != "":
			differs++
		default:
			equal++
		}
	}
	return fmt.Sprintf("%d equal, %d differ, %d not comparable", equal, differs, not)
}
