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
	Thesis    string  // as printed, e.g. "−1.657" or "7.95 ± 0.04"; empty where the thesis has no number
	Ours      float64 // what we found
	Error     float64 // the standard error of Ours, where it was sampled
	Theory    float64 // the exact value, found another way; NaN where there is none
	Tolerance float64 // how far beyond its error Ours may be from Theory, with its reason in the item's file
	Erratum   string  // why the thesis's number is not right, where it is not
	Smaller   bool    // made at a smaller size than the thesis's: its number is shown and not compared
}

// Verdict is the outcome of comparing a row's numbers.
type Verdict string

// Verdicts.
const (
	Agrees            Verdict = "agrees"             // with all numbers that are there
	DiffersFromThesis Verdict = "differs from print" // ours does not round to the printed number
	DiffersFromTheory Verdict = "differs from theory"
	Measured          Verdict = "measured" // there is nothing to compare it with
	SmallerScale      Verdict = "smaller scale"
)

// Sampled numbers agree within so many standard errors: one in 370 is further
// off by chance.
const sigmas = 3

// Verdict compares Ours with Theory, to the row's tolerance and three standard
// errors, and with the thesis's number, to half a unit of its last printed digit
// and three standard errors of both. A NaN that is ours agrees with nothing.
func (r Row) Verdict() Verdict {
	if math.IsNaN(r.Ours) || math.Abs(r.Ours-r.Theory) > r.Tolerance+sigmas*r.Error {
		return DiffersFromTheory
	}
	if r.Thesis != "" && !r.Smaller {
		p, err := readPrinted(r.Thesis)
		if err != nil {
			panic(err.Error())
		}
		if math.Abs(r.Ours-p.value) > p.half*(1+1e-9)+sigmas*math.Hypot(r.Error, p.error) {
			return DiffersFromThesis
		}
		return Agrees
	}
	switch {
	case !math.IsNaN(r.Theory):
		return Agrees
	case r.Smaller && r.Thesis != "":
		return SmallerScale
	}
	return Measured
}

// printed is a number as the thesis prints it.
type printed struct {
	value, half float64 // half a unit of its last digit
	error       float64 // after ±, 0 without
}

// readPrinted reads a decimal number, "−1.657", or one with its error, "7.95 ± 0.04".
func readPrinted(s string) (p printed, err error) {
	value, spread, withError := strings.Cut(s, "±")
	p.value, p.half, err = readDecimal(value)
	if err == nil && withError {
		p.error, _, err = readDecimal(spread)
	}
	if err != nil || p.error < 0 {
		return printed{}, fmt.Errorf("thesis: printed number, %q, expected a decimal number such as −1.657 or 7.95 ± 0.04", s)
	}
	return p, nil
}

func readDecimal(s string) (value, half float64, err error) {
	ascii := strings.ReplaceAll(strings.TrimSpace(s), "−", "-")
	value, err = strconv.ParseFloat(ascii, 64)
	digits := strings.TrimPrefix(ascii, "-")
	if err == nil && strings.Trim(digits, "0123456789.") != "" {
		err = strconv.ErrSyntax
	}
	_, decimals, _ := strings.Cut(digits, ".")
	return value, 0.5 * math.Pow10(-len(decimals)), err
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
	var text *string
	if r.Thesis != "" {
		text = &r.Thesis
	}
	var spread *float64
	if r.Error != 0 {
		spread = number(r.Error)
	}
	return json.Marshal(struct {
		Quantity  string   `json:"quantity"`
		Meaning   string   `json:"meaning"`
		Thesis    *string  `json:"thesis"`
		Ours      *float64 `json:"ours"`
		Error     *float64 `json:"error"`
		Theory    *float64 `json:"theory"`
		Tolerance float64  `json:"tolerance"`
		Verdict   Verdict  `json:"verdict"`
		Erratum   string   `json:"erratum,omitempty"`
	}{r.Quantity, r.Meaning, text, number(r.Ours), spread, number(r.Theory), r.Tolerance, r.Verdict(), r.Erratum})
}

// meaning is what the quantity is, and what is wrong with its print.
func (r Row) meaning() string {
	if r.Erratum == "" {
		return r.Meaning
	}
	return r.Meaning + "; in print: " + r.Erratum
}

// ours writes our number for a reader: with its error, to two digits of it, where
// there is one.
func (r Row) ours() string {
	if !(r.Error > 0) || math.IsInf(r.Error, 0) {
		return number(r.Ours)
	}
	decimals := max(0, 1-int(math.Floor(math.Log10(r.Error))))
	return sign(fmt.Sprintf("%.*f ± %.*f", decimals, r.Ours, decimals, r.Error))
}

// number writes a value for a reader: 10 significant digits, a true minus sign, a
// dash for NaN.
func number(v float64) string {
	if math.IsNaN(v) {
		return dash("")
	}
	return sign(strconv.FormatFloat(v, 'g', 10, 64))
}

func sign(s string) string { return strings.ReplaceAll(s, "-", "−") }
