package thesis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"glassy/lab/fig"
	"glassy/lab/glass"
	"glassy/lab/rng"
)

// theorem213 is how a field moves the lowest minima, in both of its normalisations:
// that of the theorem's proof, (2.22), and that of Trivialized-SGD, (2.14).
func theorem213(set settings) (*Result, error) {
	const p, ν = 3, 1.0
	sizes, samples := []int{50, 200, 800, 1600, 3200, 6400}, 2000
	switch set.scale {
	case Desktop:
		samples = 20000
	case Paper:
		samples = 200000
	}
	u := -glass.GroundEnergy(p)
	m, m2 := glass.HessianLaw(p, u).MeanInverse()

	fields := []*response{{
		name: "h/√N, (2.22)", strength: func(n float64) float64 { return ν / math.Sqrt(n) }, color: fig.Blue,
		displacement: func(n float64) float64 { return ν * math.Sqrt(m2/n) }, exponent: -0.5,
	}, {
		name: "h, (2.14)", strength: func(float64) float64 { return ν }, color: fig.Vermillion,
		displacement: func(float64) float64 { return ν * math.Sqrt(m2) },
	}}
	ns := make([]float64, 0, len(sizes))
	stopped := false
	for i, size := range sizes {
		n := float64(size)
		var got []glass.Responses
		for k, f := range fields {
			r := glass.SampleResponses(set.ctx, p, size, u, f.strength(n), samples, rng.Key(213).Split(uint64(2*i+k)))
			if r.Stopped != nil {
				stopped = true
				break
			}
			got = append(got, r)
		}
		if stopped {
			break
		}
		ns = append(ns, n)
		for k, f := range fields {
			mean, e := got[k].Mean(got[k].Displacement)
			f.mean, f.error = append(f.mean, mean), append(f.error, e)
			shift, off := got[k].Mean(got[k].Shift)
			limit := -f.strength(n) * f.strength(n) * n * m / 2
			f.shift, f.off = append(f.shift, shift/limit), append(f.off, off/-limit)
		}
	}
	if len(ns) < 3 {
		return nil, set.ctx.Err()
	}

	f, rows := drawResponses(ns, fields)
	if stopped { // the limit holds for the largest N alone
		for i := range rows {
			rows[i].Theory = math.NaN()
		}
	}
	rows = append(rows, Row{
		Quantity: "C_{0}, ν = 1", Meaning: "½ν² times the mean inverse eigenvalue, beside its closed form",
		Ours: glass.GroundStateShift(p, 1), Theory: (glass.GroundEnergy(p) - math.Sqrt(glass.GroundEnergy(p)*glass.GroundEnergy(p)-glass.ThresholdEnergy(p)*glass.ThresholdEnergy(p))) / (4 * (p - 1)), Tolerance: 1e-14,
	})
	return &Result{
		Figure: f, Rows: rows, Stopped: stopped,
		Notes: []string{
			"Hessians of minima at u = −E_{0} by random matrices, weighted with their determinant; the response is that of the quadratic model (2.25), (2.26). Lines: N → ∞.",
			"The limit is reached late, since |Y| is that of the softest directions and the determinant keeps them away: fitted from N = 50 to 800 the exponent is −0.38. " +
				"The theorem is proved for the field h/√N and stated, by (2.30), for h. With h, the field of Trivialized-SGD, minima move by an angle of order ν at any N: annealing the field does move them. " +
				"The thesis bounds |Y| by N^{−α} with α < 1/3; for h/√N it falls as N^{−1/2}.",
			"Where |Y| is not small the quadratic model is not the glass.",
		},
		Sources: []string{"chaudhari2018", "subag2015", "auffinger2013", "dumitriu2002"},
	}, nil
}

// A response is how minima move in a field of one normalisation, by N.
type response struct {
	name         string
	strength     func(n float64) float64 // on each spin
	color        fig.Color
	displacement func(n float64) float64 // as N → ∞
	exponent     float64
	mean, error  []float64 // of |Y|, by N
	shift, off   []float64 // of the energy, in units of its limit
}

// drawResponses is the figure of the responses at these N, and its rows.
func drawResponses(ns []float64, fields []*response) (*fig.Figure, []Row) {
	moved := fig.New("How far the minimum moves")
	moved.X = fig.Axis{Label: "spins N", Scale: fig.Log}
	moved.Y = fig.Axis{Label: "displacement |Y|, radii of the sphere", Scale: fig.Log}
	lowered := fig.New("What that does to its energy")
	lowered.X = moved.X
	lowered.Y = fig.Axis{Label: "shift of the energy / its limit"}
	lowered.Level(1, "")
	var rows []Row
	for _, f := range fields {
		moved.Points(f.name, ns, f.mean).YError(f.error).In(f.color)
		moved.Func("", f.displacement, ns[0], ns[len(ns)-1]).In(f.color)
		lowered.Points(f.name, ns, f.shift).YError(f.off).In(f.color)

		last := len(ns) - 1
		first := max(0, last-2)
		slope, e := exponent(ns[first:], f.mean[first:], f.error[first:])
		rows = append(rows, Row{
			Quantity: "exponent of |Y|, " + f.name, Meaning: fmt.Sprintf("fitted over N = %.0f to %.0f", ns[first], ns[last]),
			Ours: slope, Error: e, Theory: f.exponent, Tolerance: 0.03, // the softest directions are told from the edge of the limit up to N^{−2/3}
		}, Row{
			Quantity: "|Y|, " + f.name, Meaning: fmt.Sprintf("at N = %.0f, in units of its limit", ns[last]),
			Ours: f.mean[last] / f.displacement(ns[last]), Error: f.error[last] / f.displacement(ns[last]), Theory: 1, Tolerance: 0.05, // as for the exponent
		}, Row{
			Quantity: "shift, " + f.name, Meaning: fmt.Sprintf("of the energy at N = %.0f, in units of −C_{0}; for (2.14) of −NC_{0}", ns[last]),
			Ours: f.shift[last], Error: f.off[last], Theory: 1, Tolerance: 0.02, // the mean inverse hears less of the softest directions than its square
		})
	}
	return fig.Grid("The lowest minima in a field", 2, moved, lowered), rows
}

// exponent is the slope of log y over log x, by least squares with the errors of y,
// and its standard error.
func exponent(x, y, errors []float64) (slope, stderr float64) {
	a, b, w := make([]float64, len(x)), make([]float64, len(x)), make([]float64, len(x))
	for i := range x {
		a[i], b[i] = math.Log(x[i]), math.Log(y[i])
		w[i] = (y[i] / errors[i]) * (y[i] / errors[i])
	}
	_, slope = stat.LinearRegression(a, b, w, false)
	mean, spread := stat.Mean(a, w), 0.0
	for i := range a {
		spread += w[i] * (a[i] - mean) * (a[i] - mean)
	}
	return slope, 1 / math.Sqrt(spread)
}
