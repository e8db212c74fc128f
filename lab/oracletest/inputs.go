package oracletest

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"glassy/lab/wells"
)

// inputs are an oracle's parameters. A method on a key that is absent, or of
// another type, panics with a message that the test reports.
type inputs map[string]any

func (in inputs) number(key string) float64 {
	v, ok := in[key].(float64)
	if !ok {
		panic(fmt.Sprintf("input %q is %v, expected a number", key, in[key]))
	}
	return v
}

func (in inputs) integer(key string) int {
	v := in.number(key)
	if v != math.Trunc(v) {
		panic(fmt.Sprintf("input %q is %v, expected an integer", key, v))
	}
	return int(v)
}

// or is the number at key, or v where there is none.
func (in inputs) or(key string, v float64) float64 {
	if _, ok := in[key]; !ok {
		return v
	}
	return in.number(key)
}

// list is the numbers of a value of any nesting, in order.
func list(v any) (out []float64) {
	switch v := v.(type) {
	case nil:
	case float64:
		out = append(out, v)
	case []any:
		for _, w := range v {
			out = append(out, list(w)...)
		}
	default:
		panic(fmt.Sprintf("%v is no list of numbers", v))
	}
	return out
}

func lists(v any) (out [][]float64) {
	for _, w := range v.([]any) {
		out = append(out, list(w))
	}
	return out
}

// symmetric is ½(A+Aᵀ), all that a quadratic sees of A.
func symmetric(v any) *mat.SymDense {
	rows := lists(v)
	s := mat.NewSymDense(len(rows), nil)
	for i, row := range rows {
		for j := range row {
			s.SetSym(i, j, (row[j]+rows[j][i])/2)
		}
	}
	return s
}

func symmetrics(v any) (out []*mat.SymDense) {
	for _, w := range v.([]any) {
		out = append(out, symmetric(w))
	}
	return out
}

// profile is the function of one variable that an oracle describes.
func profile(spec any) wells.Profile {
	in := inputs(spec.(map[string]any))
	switch in["kind"] {
	case "poly":
		return wells.Polynomial(list(in["c"]))
	case "cosq":
		return wells.CosineInBowl(in.number("k"), in.number("A"), in.number("w"), in.number("phi"))
	case "expl":
		return wells.ExponentialValley(in.number("a"))
	}
	panic(fmt.Sprintf("kind of function is %v, expected poly, cosq or expl", in["kind"]))
}
