package thesis

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Row is one quantity of a result's table.
type Row struct {
	Quantity  string  // in the notation of package fig, e.g. "−E_{0}"
	Meaning   string  // in words
	Thesis    string  // as printed, e.g. "−1.657"; empty where the thesis has no number
	Ours      float64 // what we found
	Theory    float64 // the exact value, found another way
	Tolerance float64 // how far Ours may be from Theory, with its reason in the item's file
}

// Verdict is the outcome of comparing a row's numbers.
type Verdict string

// Verdicts.
const (
	Agrees            Verdict = "agrees"             // with all numbers that are there
	DiffersFromThesis Verdict = "differs from print" // ours does not round to the printed number
	DiffersFromTheory Verdict = "differs from theory"
)

// Verdict compares Ours with Theory, to the row's tolerance, and with the
// thesis's number, to half a unit of its last printed digit. NaN agrees with
// nothing.
func (r Row) Verdict() Verdict {
	if !(math.Abs(r.Ours-r.Theory) <= r.Tolerance) {
		return DiffersFromTheory
	}
	if r.Thesis == "" {
		return Agrees
	}
	printed, half, err := readPrinted(r.Thesis)
	if err != nil {
		panic(err.Error())
	}
	if math.Abs(r.Ours-printed) > half*(1+1e-9) {
		return DiffersFromThesis
	}
	return Agrees
}

// readPrinted returns a printed decimal number and half a unit of its last
// digit.
func readPrinted(s string) (value, half float64, err error) {
	ascii := strings.ReplaceAll(s, "−", "-")
	value, err = strconv.ParseFloat(ascii, 64)
	digits := strings.TrimPrefix(ascii, "-")
	if err != nil || strings.Trim(digits, "0123456789.") != "" {
		return 0, 0, fmt.Errorf("thesis: printed number, %q, expected a decimal number such as −1.657", s)
	}
	_, decimals, _ := strings.Cut(digits, ".")
	return value, 0.5 * math.Pow10(-len(decimals)), nil
}

// MarshalJSON writes the row with its verdict; a thesis without the number, and
// a number that is not finite, are null.
func (r Row) MarshalJSON() ([]byte, error) {
	number := func(v float64) *float64 {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return &v
	}
	var printed *string
	if r.Thesis != "" {
		printed = &r.Thesis
	}
	return json.Marshal(struct {
		Quantity  string   `json:"quantity"`
		Meaning   string   `json:"meaning"`
		Thesis    *string  `json:"thesis"`
		Ours      *float64 `json:"ours"`
		Theory    *float64 `json:"theory"`
		Tolerance float64  `json:"tolerance"`
		Verdict   Verdict  `json:"verdict"`
	}{r.Quantity, r.Meaning, printed, number(r.Ours), number(r.Theory), r.Tolerance, r.Verdict()})
}

// number writes a value for a reader: 10 significant digits, a true minus sign.
func number(v float64) string {
	return strings.ReplaceAll(strconv.FormatFloat(v, 'g', 10, 64), "-", "−")
}
