package embed

// support is how many nodes along an axis a point is joined to: by B-splines of
// degree 5, whose second to fourth derivatives are continuous.
const support = 6

// spline writes the B-splines centred at the nodes -2 … 3, at place f of the cell
// from node 0 to 1, 0 ≤ f < 1.
func spline(f float64, w *[support]float64) {
	const c = 1. / 120
	g := 1 - f
	f2, g2 := f*f, g*g
	w[0] = c * g2 * g2 * g
	w[1] = c * (26 + f*(-50+f*(20+f*(20+f*(-20+f*5)))))
	w[2] = c * (66 + f2*(-60+f2*(30-10*f)))
	w[3] = c * (66 + g2*(-60+g2*(30-10*g)))
	w[4] = c * (26 + g*(-50+g*(20+g*(20+g*(-20+g*5)))))
	w[5] = c * f2 * f2 * f
}

// slopes writes their derivatives.
func slopes(f float64, w *[support]float64) {
	const c = 1. / 24
	g := 1 - f
	f2, g2 := f*f, g*g
	w[0] = -c * g2 * g2
	w[1] = c * (-10 + f*(8+f*(12+f*(-16+f*5))))
	w[2] = c * f * (-24 + f2*(24-10*f))
	w[3] = -c * g * (-24 + g2*(24-10*g))
	w[4] = -c * (-10 + g*(8+g*(12+g*(-16+g*5))))
	w[5] = c * f2 * f2
}

// splineTransform is the transform of the splines at the nodes, Σ_k B(k) cos kω,
// given cos ω.
func splineTransform(cos float64) float64 {
	return (66 + 52*cos + 2*(2*cos*cos-1)) / 120
}
