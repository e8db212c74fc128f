package oracletest

import (
	"context"
	"fmt"
	"math"
	"slices"

	"glassy/lab/perceptron"
)

func classificationEntropy(in inputs) any {
	s := perceptron.ClassificationEntropy(in.number("alpha"), in.or("kappa", 0))
	return map[string]any{"s": s.Entropy, "q": s.Overlap, "qhat": s.Conjugate}
}

func capacity(inputs) any {
	α, q := perceptron.Capacity(0)
	return map[string]any{"alpha_c": α, "q": q}
}

func studentEntropy(in inputs) any {
	s := perceptron.StudentEntropy(in.number("alpha"))
	return map[string]any{"s": s.Entropy, "R": s.Overlap, "Rhat": s.Conjugate, "eps": perceptron.GeneralisationError(s.Overlap)}
}

func teacherThreshold(inputs) any {
	α, R := perceptron.TeacherThreshold()
	return map[string]any{"alpha_TS": α, "R": R}
}

func franzParisi(in inputs) any {
	n := perceptron.FranzParisi(in.number("alpha"), in.number("overlap_p"))
	return map[string]any{"s": n.Entropy, "r": n.Overlap, "p_prime": n.Cross}
}

func disagreement(in inputs) any {
	d, k := in.integer("d"), in.integer("hamming")
	return map[string]any{"exact": perceptron.Disagreement(d, k), "arccos": perceptron.GeneralisationError(1 - 2*float64(k)/float64(d))}
}

// enumeratedPerceptron is all that can be counted of a small problem. A teacher's
// labels are its own.
func enumeratedPerceptron(in inputs) any {
	var patterns [][]int8
	for _, row := range in["xi"].([]any) {
		patterns = append(patterns, plusMinus(row))
	}
	value := map[string]any{}
	var labels, teacher []int8
	if row, ok := in["teacher"]; ok {
		teacher = plusMinus(row)
		for _, ξ := range patterns {
			m := 0
			for j, v := range ξ {
				m += int(v) * int(teacher[j])
			}
			labels = append(labels, int8(1-2*btoi(m < 0)))
		}
		value["labels"] = numbers(labels)
	} else {
		for _, y := range list(in["labels"]) {
			labels = append(labels, int8(y))
		}
	}
	p, err := perceptron.FromData(patterns, labels)
	if err != nil {
		panic(err)
	}
	e, err := p.Enumerate(context.Background())
	if err != nil {
		panic(err)
	}
	d := p.Weights()
	value["n_solutions"] = len(e.Solutions)
	value["error_histogram"] = e.Errors
	value["log_Z_over_d"] = e.Entropy()
	value["pair_distance_histogram_unordered"] = e.Distances()
	var sizes []int
	isolated := 0
	for _, c := range e.Clusters() {
		sizes = append(sizes, len(c))
		isolated += btoi(len(c) == 1)
	}
	value["cluster_sizes_1flip_sorted"], value["isolated_solutions_1flip"] = sizes, isolated
	for _, g := range list(in["flips"]) {
		counts := e.Neighbours(int(g))
		value[fmt.Sprintf("solutions_at_%g_flips", g)] = aroundSolutions(e, counts)
		value[fmt.Sprintf("any_x_at_%g_flips", g)] = aroundAny(e, counts)
	}
	if teacher == nil {
		return value
	}
	from := e.Around(p.Word(teacher))
	arccos, exact := 0.0, 0.0
	for k, n := range from {
		arccos += float64(n) * perceptron.GeneralisationError(1-2*float64(k)/float64(d))
		exact += float64(n) * perceptron.Disagreement(d, k)
	}
	value["solutions_by_distance_from_teacher"] = from
	value["mean_generalisation_error_arccos"] = arccos / float64(len(e.Solutions))
	value["mean_generalisation_error_exact_pm1_inputs"] = exact / float64(len(e.Solutions))
	return value
}

// aroundSolutions sums up the counts at solutions.
func aroundSolutions(e *perceptron.Enumeration, counts []int) any {
	sum, most, some, logs := 0, 0, 0, 0.0
	for _, x := range e.Solutions {
		c := counts[x]
		sum, most = sum+c, max(most, c)
		if c > 0 {
			some++
			logs += math.Log(float64(c))
		}
	}
	value := map[string]any{"sum_over_solutions": sum, "max": most, "mean_log_over_solutions_with_c>0": nil}
	if some > 0 {
		value["mean_log_over_solutions_with_c>0"] = logs / float64(some)
	}
	return value
}

// aroundAny says which weights have the most solutions about them.
func aroundAny(e *perceptron.Enumeration, counts []int) any {
	most := slices.Max(counts)
	first, n, solutions := -1, 0, 0
	for x, c := range counts {
		if c != most {
			continue
		}
		if n++; first < 0 {
			first = x
		}
		if _, ok := slices.BinarySearch(e.Solutions, uint32(x)); ok {
			solutions++
		}
	}
	return map[string]any{"max_count": most, "argmax_lowest_index": first, "n_argmax": n, "n_argmax_that_are_solutions": solutions}
}

// plusMinus reads "+-+".
func plusMinus(v any) (x []int8) {
	for _, c := range v.(string) {
		x = append(x, int8(1-2*btoi(c == '-')))
	}
	return x
}

func numbers(x []int8) (out []int) {
	for _, v := range x {
		out = append(out, int(v))
	}
	return out
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
