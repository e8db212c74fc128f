package pde

import (
	"fmt"
	"math"
)

// Burgers is the slope p = u_x of the inviscid solution at x and time t while
// characteristics have not met, t < t*: p = f′(x - tp), (4.35), and its derivative
// f″/(1+tf″) at the foot y = x - tp. It is an error where characteristics through
// x have met, that is where 1 + tf″(y) ≤ 0.
func Burgers(f Profile, x, t float64) (p, slope float64, err error) {
	checkTime("Burgers", t)
	// g(y) = y + t f′(y) - x rises where characteristics do not cross.
	y := x
	_, p, _ = f(x)
	if t > 0 {
		g := func(y float64) (float64, float64) {
			_, s, c := f(y)
			return y + t*s - x, 1 + t*c
		}
		reach := math.Abs(t*p) + math.Sqrt(t)
		low, high := x-reach, x+reach
		for range 200 {
			l, _ := g(low)
			h, _ := g(high)
			if l <= 0 && h >= 0 {
				break
			}
			reach *= 2
			low, high = x-reach, x+reach
		}
		y = root(g, low, high)
	}
	_, p, c := f(y)
	if !(1+t*c > 0) {
		return 0, 0, fmt.Errorf("pde: Burgers: at time %g characteristics have met at %g: f″ = %.4g at their foot %.4g, expected more than -1/t = %.4g; HopfLaxAt holds beyond", t, x, c, y, -1/t)
	}
	return p, c / (1 + t*c), nil
}

// ShockTime is t* = -1/min f″, when the first characteristics of (4.35) meet, with
// the minimum over an interval; +Inf where f is convex there.
func ShockTime(f Profile, low, high float64) (t, least float64) {
	least = extreme(func(x float64) float64 { _, _, c := f(x); return c }, low, high)
	if least >= 0 {
		return math.Inf(1), least
	}
	return -1 / least, least
}

// extreme is the minimum of v on an interval: on 2,000 nodes, and then by golden
// sections between the neighbours of the lowest.
func extreme(v func(x float64) float64, low, high float64) float64 {
	const nodes = 2000
	at := func(i int) float64 { return low + (high-low)*float64(i)/nodes }
	best, lowest := 0, math.Inf(1)
	for i := range nodes + 1 {
		if w := v(at(i)); w < lowest {
			best, lowest = i, w
		}
	}
	const golden = 0.6180339887498949
	a, b := at(max(0, best-1)), at(min(nodes, best+1))
	c, d := b-golden*(b-a), a+golden*(b-a)
	vc, vd := v(c), v(d)
	for range 80 {
		if vc < vd {
			b, d, vd = d, c, vc
			c = b - golden*(b-a)
			vc = v(c)
		} else {
			a, c, vc = c, d, vd
			d = a + golden*(b-a)
			vd = v(d)
		}
	}
	return min(lowest, vc, vd)
}

// Inner is y(s) of Lemma 4.3, (4.19),
//
//	y′ = -t (y - f′(x - ty)),  y(0) = start,
//
// which tends to p = u_x(x,t) at the rate t(1 + t min f″) where that is positive.
// It is found by the fifth-order Runge-Kutta method of Dormand and Prince with
// steps that keep the error of each below 1e-13.
func Inner(f Profile, x, t, start, s float64) float64 {
	checkTime("Inner", t)
	checkTime("Inner", s)
	return integrate(func(_, y float64) float64 {
		_, slope, _ := f(x - t*y)
		return -t * (y - slope)
	}, start, s)
}

// integrate is y(end) of y′ = rate(s, y) from y at 0.
func integrate(rate func(s, y float64) float64, y, end float64) float64 {
	const tolerance = 1e-13
	s, h := 0.0, end/100
	for s < end {
		h = min(h, end-s)
		k1 := rate(s, y)
		k2 := rate(s+h/5, y+h*k1/5)
		k3 := rate(s+3*h/10, y+h*(3*k1/40+9*k2/40))
		k4 := rate(s+4*h/5, y+h*(44*k1/45-56*k2/15+32*k3/9))
		k5 := rate(s+8*h/9, y+h*(19372*k1/6561-25360*k2/2187+64448*k3/6561-212*k4/729))
		k6 := rate(s+h, y+h*(9017*k1/3168-355*k2/33+46732*k3/5247+49*k4/176-5103*k5/18656))
		next := y + h*(35*k1/384+500*k3/1113+125*k4/192-2187*k5/6784+11*k6/84)
		k7 := rate(s+h, next)
		wrong := math.Abs(h * (71*k1/57600 - 71*k3/16695 + 71*k4/1920 - 17253*k5/339200 + 22*k6/525 - k7/40))
		limit := tolerance * max(1, math.Abs(y), math.Abs(next))
		if wrong <= limit || h <= 1e-12*end {
			s, y = s+h, next
		}
		h *= min(5, max(0.2, 0.9*math.Pow(limit/max(wrong, 1e-300), 0.2)))
	}
	return y
}
