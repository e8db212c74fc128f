package device

import "math"

// Batch normalisation (Ioffe & Szegedy 2015); x̂ is xh. Sums are in float64.

func (s Channels) expect(op string, data map[string]Vector, perChannel map[string]Vector, t DType) {
	s.check(op)
	for name, v := range data {
		expect(op, name, v, t, s.N*s.C*s.S)
	}
	for name, v := range perChannel {
		expect(op, name, v, t, s.C)
	}
}

func (d *cpu) NormStats(s Channels, x, mean, variance Vector) {
	s.check("NormStats")
	expectFloat("NormStats", "mean", mean, s.C)
	expect("NormStats", "variance", variance, mean.dtype, s.C)
	expect("NormStats", "x", x, mean.dtype, s.N*s.C*s.S)
	if mean.dtype == Float32 {
		normStats(d, s, Host[float32](x), Host[float32](mean), Host[float32](variance))
	} else {
		normStats(d, s, Host[float64](x), Host[float64](mean), Host[float64](variance))
	}
}

func normStats[T float](d *cpu, s Channels, x, mean, variance []T) {
	m := float64(s.N * s.S)
	byChannel(d, s, [][]T{x}, nil, func(s Channels, from, to int, in, _ [][]T) {
		for c := from; c < to; c++ {
			sum := 0.0
			for n := range s.N {
				sum += total(channel(s, in[0], n, c-from))
			}
			centre := sum / m
			sum = 0
			for n := range s.N {
				sum += squares(channel(s, in[0], n, c-from), centre)
			}
			mean[c], variance[c] = T(centre), T(sum/m)
		}
	})
}

// total is Σ x[i].
func total[T float](x []T) float64 {
	var s0, s1, s2, s3 float64 // four sums that do not wait for each other
	for ; len(x) >= 4; x = x[4:] {
		s0 += float64(x[0])
		s1 += float64(x[1])
		s2 += float64(x[2])
		s3 += float64(x[3])
	}
	for _, v := range x {
		s0 += float64(v)
	}
	return s0 + s1 + (s2 + s3)
}

// squares is Σ (x[i]-centre)².
func squares[T float](x []T, centre float64) float64 {
	var s0, s1, s2, s3 float64
	for ; len(x) >= 4; x = x[4:] {
		a, b, c, d := float64(x[0])-centre, float64(x[1])-centre, float64(x[2])-centre, float64(x[3])-centre
		s0 += a * a
		s1 += b * b
		s2 += c * c
		s3 += d * d
	}
	for _, v := range x {
		a := float64(v) - centre
		s0 += a * a
	}
	return s0 + s1 + (s2 + s3)
}

// moments is Σ u[i] and Σ (x[i]-centre) u[i].
func moments[T float](x, u []T, centre float64) (sum, product float64) {
	var s0, s1, p0, p1 float64
	for ; len(x) >= 2 && len(u) >= 2; x, u = x[2:], u[2:] {
		a, b := float64(u[0]), float64(u[1])
		s0 += a
		s1 += b
		p0 += (float64(x[0]) - centre) * a
		p1 += (float64(x[1]) - centre) * b
	}
	for i, v := range u {
		s0 += float64(v)
		p0 += (float64(x[i]) - centre) * float64(v)
	}
	return s0 + s1, p0 + p1
}

func (d *cpu) InverseSqrt(epsilon float64, x, y Vector) {
	expectFloat("InverseSqrt", "x", x, x.n)
	expect("InverseSqrt", "y", y, x.dtype, x.n)
	if x.dtype == Float32 {
		inverseSqrt(epsilon, Host[float32](x), Host[float32](y))
	} else {
		inverseSqrt(epsilon, Host[float64](x), Host[float64](y))
	}
}

func inverseSqrt[T float](epsilon float64, x, y []T) {
	for i, v := range x {
		y[i] = T(1 / math.Sqrt(float64(v)+epsilon))
	}
}

func (d *cpu) Norm(s Channels, x, mean, istd, scale, shift, y Vector) {
	const op = "Norm"
	expectFloat(op, "x", x, x.n)
	s.expect(op, map[string]Vector{"x": x, "y": y},
		map[string]Vector{"mean": mean, "istd": istd, "scale": scale, "shift": shift}, x.dtype)
	if x.dtype == Float32 {
		norm(d, s, Host[float32](x), Host[float32](mean), Host[float32](istd), Host[float32](scale), Host[float32](shift), Host[float32](y))
	} else {
		norm(d, s, Host[float64](x), Host[float64](mean), Host[float64](istd), Host[float64](scale), Host[float64](shift), Host[float64](y))
	}
}

func norm[T float](d *cpu, s Channels, x, mean, istd, scale, shift, y []T) {
	d.rows(s.N, s.C*s.S, func(from, to int) {
		for n := from; n < to; n++ {
			if s.S == 1 {
				x, y := row(x, n, s.N), row(y, n, s.N)
				y, mean, istd, scale, shift := y[:len(x)], mean[:len(x)], istd[:len(x)], scale[:len(x)], shift[:len(x)]
				for c, v := range x {
					y[c] = istd[c]*scale[c]*(v-mean[c]) + shift[c]
				}
				continue
			}
			for c := range s.C {
				x, y := channel(s, x, n, c), channel(s, y, n, c)
				mean, a, b := mean[c], istd[c]*scale[c], shift[c]
				for i, v := range x {
					y[i] = a*(v-mean) + b
				}
			}
		}
	})
}

func (d *cpu) NormBack(s Channels, train bool, x, mean, istd, scale, dy, dx Vector, add bool, dscale, dshift Vector) {
	const op = "NormBack"
	expectFloat(op, "x", x, x.n)
	s.expect(op, map[string]Vector{"x": x, "dy": dy, "dx": dx},
		map[string]Vector{"mean": mean, "istd": istd, "scale": scale, "dscale": dscale, "dshift": dshift}, x.dtype)
	if x.dtype == Float32 {
		normBack(d, s, train, Host[float32](x), Host[float32](mean), Host[float32](istd), Host[float32](scale), Host[float32](dy), Host[float32](dx), add, Host[float32](dscale), Host[float32](dshift))
	} else {
		normBack(d, s, train, Host[float64](x), Host[float64](mean), Host[float64](istd), Host[float64](scale), Host[float64](dy), Host[float64](dx), add, Host[float64](dscale), Host[float64](dshift))
	}
}

func normBack[T float](d *cpu, s Channels, train bool, x, mean, istd, scale, dy, dx []T, add bool, dscale, dshift []T) {
	m := float64(s.N * s.S)
	byChannel(d, s, [][]T{x, dy}, [][]T{dx}, func(s Channels, from, to int, in, out [][]T) {
		for c := from; c < to; c++ {
			var sdy, sxdy float64 // Σ dy, Σ (x-mean) dy
			for n := range s.N {
				sum, product := moments(channel(s, in[0], n, c-from), channel(s, in[1], n, c-from), float64(mean[c]))
				sdy += sum
				sxdy += product
			}
			sxdy *= float64(istd[c]) // Σ x̂ dy
			put(dscale, c, sxdy, add)
			put(dshift, c, sdy, add)
			if !train {
				sdy, sxdy = 0, 0
			}
			// J dy = istd·(dy - ⟨dy⟩ - (x-mean)·istd⟨x̂ dy⟩)
			a, mean, mdy, k := scale[c]*istd[c], mean[c], T(sdy/m), T(sxdy/m*float64(istd[c]))
			for n := range s.N {
				x, dy, dx := channel(s, in[0], n, c-from), channel(s, in[1], n, c-from), channel(s, out[0], n, c-from)
				dy, dx = dy[:len(x)], dx[:len(x)]
				for i, v := range x {
					dx[i] = a * (dy[i] - mdy - (v-mean)*k)
				}
			}
		}
	})
}

func (d *cpu) NormTangent(s Channels, train bool, x, mean, istd, scale, tx, tscale, tshift, ty Vector) {
	const op = "NormTangent"
	expectFloat(op, "x", x, x.n)
	s.expect(op, map[string]Vector{"x": x, "tx": tx, "ty": ty},
		map[string]Vector{"mean": mean, "istd": istd, "scale": scale, "tscale": tscale, "tshift": tshift}, x.dtype)
	if x.dtype == Float32 {
		normTangent(d, s, train, Host[float32](x), Host[float32](mean), Host[float32](istd), Host[float32](scale), Host[float32](tx), Host[float32](tscale), Host[float32](tshift), Host[float32](ty))
	} else {
		normTangent(d, s, train, Host[float64](x), Host[float64](mean), Host[float64](istd), Host[float64](scale), Host[float64](tx), Host[float64](tscale), Host[float64](tshift), Host[float64](ty))
	}
}

func normTangent[T float](d *cpu, s Channels, train bool, x, mean, istd, scale, tx, tscale, tshift, ty []T) {
	m := float64(s.N * s.S)
	byChannel(d, s, [][]T{x, tx}, [][]T{ty}, func(s Channels, from, to int, in, out [][]T) {
		for c := from; c < to; c++ {
			var stx, sxtx float64 // Σ tx, Σ (x-mean) tx
			if train {
				for n := range s.N {
					sum, product := moments(channel(s, in[0], n, c-from), channel(s, in[1], n, c-from), float64(mean[c]))
					stx += sum
					sxtx += product
				}
			}
			istd := float64(istd[c])
			a, mean, mtx, b := scale[c]*T(istd), mean[c], T(stx/m), tshift[c]
			k := T(float64(tscale[c])*istd - float64(scale[c])*istd*istd*istd*sxtx/m)
			for n := range s.N {
				x, tx, ty := channel(s, in[0], n, c-from), channel(s, in[1], n, c-from), channel(s, out[0], n, c-from)
				tx, ty = tx[:len(x)], ty[:len(x)]
				for i, v := range x {
					ty[i] = a*(tx[i]-mtx) + (v-mean)*k + b
				}
			}
		}
	})
}

func (d *cpu) NormBackTangent(s Channels, train bool, x, mean, istd, scale, tx, tscale, dy, tdy, tdx Vector, add bool, tdscale, tdshift Vector) {
	const op = "NormBackTangent"
	expectFloat(op, "x", x, x.n)
	s.expect(op, map[string]Vector{"x": x, "tx": tx, "dy": dy, "tdy": tdy, "tdx": tdx},
		map[string]Vector{"mean": mean, "istd": istd, "scale": scale, "tscale": tscale, "tdscale": tdscale, "tdshift": tdshift}, x.dtype)
	if x.dtype == Float32 {
		normBackTangent(d, s, train, Host[float32](x), Host[float32](mean), Host[float32](istd), Host[float32](scale), Host[float32](tx), Host[float32](tscale), Host[float32](dy), Host[float32](tdy), Host[float32](tdx), add, Host[float32](tdscale), Host[float32](tdshift))
	} else {
		normBackTangent(d, s, train, Host[float64](x), Host[float64](mean), Host[float64](istd), Host[float64](scale), Host[float64](tx), Host[float64](tscale), Host[float64](dy), Host[float64](tdy), Host[float64](tdx), add, Host[float64](tdscale), Host[float64](tdshift))
	}
}

func normBackTangent[T float](d *cpu, s Channels, train bool, x, mean, istd, scale, tx, tscale, dy, tdy, tdx []T, add bool, tdscale, tdshift []T) {
	m := float64(s.N * s.S)
	byChannel(d, s, [][]T{x, tx, dy, tdy}, [][]T{tdx}, func(s Channels, from, to int, in, out [][]T) {
		for c := from; c < to; c++ {
			mean, istd, scale, tscale := float64(mean[c]), float64(istd[c]), float64(scale[c]), float64(tscale[c])
			// Sums over the channel: of tx, x̂ tx, dy, x̂ dy, tdy, x̂ tdy, tx dy.
			var stx, sxtx, sdy, sxdy, stdy, sxtdy, stxdy float64
			for n := range s.N {
				x, tx := channel(s, in[0], n, c-from), channel(s, in[1], n, c-from)
				dy, tdy := channel(s, in[2], n, c-from), channel(s, in[3], n, c-from)
				tx, dy, tdy = tx[:len(x)], dy[:len(x)], tdy[:len(x)]
				for i, v := range x {
					xh := (float64(v) - mean) * istd
					t, u, tu := float64(tx[i]), float64(dy[i]), float64(tdy[i])
					stx += t
					sxtx += xh * t
					sdy += u
					sxdy += xh * u
					stdy += tu
					sxtdy += xh * tu
					stxdy += t * u
				}
			}
			stxdy *= istd // Σ tx̂ dy
			if train && m > 0 {
				stxdy -= istd * (stx*sdy + sxtx*sxdy) / m
			}
			put(tdscale, c, sxtdy+stxdy, add)
			put(tdshift, c, stdy, add)
			if !train {
				stx, sxtx, sdy, sxdy, stdy, sxtdy, stxdy = 0, 0, 0, 0, 0, 0, 0
			}
			// With J u = istd·(u - ⟨u⟩ - x̂⟨x̂u⟩), tx̂ = J tx and
			// (tJ)dy = -istd·(⟨x̂ tx⟩ J dy + tx̂⟨x̂ dy⟩ + x̂⟨tx̂ dy⟩),
			// collected by what they multiply:
			mtx, mxtx, mdy, mxdy, mtdy, mxtdy, mtxdy := stx/m, sxtx/m, sdy/m, sxdy/m, stdy/m, sxtdy/m, stxdy/m
			forTdy := scale * istd
			forDy := istd * (tscale - forTdy*mxtx)
			forTx := -forTdy * istd * mxdy
			forXh := -(forTdy*(mxtdy+mtxdy) + forDy*mxdy + forTx*mxtx)
			a, b, g, k := T(forTdy), T(forDy), T(forTx), T(forXh*istd)
			centre, mtdyT, mdyT, mtxT := T(mean), T(mtdy), T(mdy), T(mtx)
			for n := range s.N {
				x, tx := channel(s, in[0], n, c-from), channel(s, in[1], n, c-from)
				dy, tdy := channel(s, in[2], n, c-from), channel(s, in[3], n, c-from)
				tdx := channel(s, out[0], n, c-from)
				tx, dy, tdy, tdx = tx[:len(x)], dy[:len(x)], tdy[:len(x)], tdx[:len(x)]
				for i, v := range x {
					tdx[i] = a*(tdy[i]-mtdyT) + b*(dy[i]-mdyT) + g*(tx[i]-mtxT) + k*(v-centre)
				}
			}
		}
	})
}
