package device

import "math"

// In this file the letters of Ioffe & Szegedy (2015): x̂ is xh.

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
		normStats[float32](d, s, x, mean, variance)
	} else {
		normStats[float64](d, s, x, mean, variance)
	}
}

func normStats[T float](d *cpu, s Channels, x, mean, variance Vector) {
	X, Mean, Variance := Host[T](x), Host[T](mean), Host[T](variance)
	m := float64(s.N * s.S)
	d.each(s.C, func(c int) {
		sum := 0.0
		for n := range s.N {
			for _, v := range channel(s, X, n, c) {
				sum += float64(v)
			}
		}
		mean := sum / m
		sum = 0
		for n := range s.N {
			for _, v := range channel(s, X, n, c) {
				u := float64(v) - mean
				sum += u * u
			}
		}
		Mean[c], Variance[c] = T(mean), T(sum/m)
	})
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
		norm[float32](d, s, x, mean, istd, scale, shift, y)
	} else {
		norm[float64](d, s, x, mean, istd, scale, shift, y)
	}
}

func norm[T float](d *cpu, s Channels, x, mean, istd, scale, shift, y Vector) {
	X, Y := Host[T](x), Host[T](y)
	Mean, Istd, Scale, Shift := Host[T](mean), Host[T](istd), Host[T](scale), Host[T](shift)
	d.each(s.N, func(n int) {
		for c := range s.C {
			x, y := channel(s, X, n, c), channel(s, Y, n, c)
			mean, a, b := Mean[c], Istd[c]*Scale[c], Shift[c]
			for i, v := range x {
				y[i] = a*(v-mean) + b
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
		normBack[float32](d, s, train, x, mean, istd, scale, dy, dx, add, dscale, dshift)
	} else {
		normBack[float64](d, s, train, x, mean, istd, scale, dy, dx, add, dscale, dshift)
	}
}

func normBack[T float](d *cpu, s Channels, train bool, x, mean, istd, scale, dy, dx Vector, add bool, dscale, dshift Vector) {
	X, DY, DX := Host[T](x), Host[T](dy), Host[T](dx)
	Mean, Istd, Scale := Host[T](mean), Host[T](istd), Host[T](scale)
	DScale, DShift := Host[T](dscale), Host[T](dshift)
	m := float64(s.N * s.S)
	d.each(s.C, func(c int) {
		mean, istd, scale := float64(Mean[c]), float64(Istd[c]), float64(Scale[c])
		var sdy, sxhdy float64 // Σ dy, Σ x̂ dy
		for n := range s.N {
			x, dy := channel(s, X, n, c), channel(s, DY, n, c)
			for i, u := range dy {
				sdy += float64(u)
				sxhdy += (float64(x[i]) - mean) * istd * float64(u)
			}
		}
		put(DScale, c, sxhdy, add)
		put(DShift, c, sdy, add)
		if !train {
			sdy, sxhdy = 0, 0
		}
		for n := range s.N {
			x, dy, dx := channel(s, X, n, c), channel(s, DY, n, c), channel(s, DX, n, c)
			for i, u := range dy {
				xh := (float64(x[i]) - mean) * istd
				dx[i] = T(scale * istd * (float64(u) - sdy/m - xh*sxhdy/m))
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
		normTangent[float32](d, s, train, x, mean, istd, scale, tx, tscale, tshift, ty)
	} else {
		normTangent[float64](d, s, train, x, mean, istd, scale, tx, tscale, tshift, ty)
	}
}

func normTangent[T float](d *cpu, s Channels, train bool, x, mean, istd, scale, tx, tscale, tshift, ty Vector) {
	X, TX, TY := Host[T](x), Host[T](tx), Host[T](ty)
	Mean, Istd, Scale := Host[T](mean), Host[T](istd), Host[T](scale)
	TScale, TShift := Host[T](tscale), Host[T](tshift)
	m := float64(s.N * s.S)
	d.each(s.C, func(c int) {
		mean, istd, scale := float64(Mean[c]), float64(Istd[c]), float64(Scale[c])
		tscale, tshift := float64(TScale[c]), float64(TShift[c])
		var mtx, mxhtx float64 // ⟨tx⟩, ⟨x̂ tx⟩
		if train {
			for n := range s.N {
				x, tx := channel(s, X, n, c), channel(s, TX, n, c)
				for i, t := range tx {
					mtx += float64(t)
					mxhtx += (float64(x[i]) - mean) * istd * float64(t)
				}
			}
			mtx /= m
			mxhtx /= m
		}
		for n := range s.N {
			x, tx, ty := channel(s, X, n, c), channel(s, TX, n, c), channel(s, TY, n, c)
			for i, t := range tx {
				xh := (float64(x[i]) - mean) * istd
				ty[i] = T(scale*istd*(float64(t)-mtx-xh*mxhtx) + tscale*xh + tshift)
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
		normBackTangent[float32](d, s, train, x, mean, istd, scale, tx, tscale, dy, tdy, tdx, add, tdscale, tdshift)
	} else {
		normBackTangent[float64](d, s, train, x, mean, istd, scale, tx, tscale, dy, tdy, tdx, add, tdscale, tdshift)
	}
}

func normBackTangent[T float](d *cpu, s Channels, train bool, x, mean, istd, scale, tx, tscale, dy, tdy, tdx Vector, add bool, tdscale, tdshift Vector) {
	X, TX, DY, TDY, TDX := Host[T](x), Host[T](tx), Host[T](dy), Host[T](tdy), Host[T](tdx)
	Mean, Istd, Scale, TScale := Host[T](mean), Host[T](istd), Host[T](scale), Host[T](tscale)
	TDScale, TDShift := Host[T](tdscale), Host[T](tdshift)
	m := float64(s.N * s.S)
	d.each(s.C, func(c int) {
		mean, istd, scale, tscale := float64(Mean[c]), float64(Istd[c]), float64(Scale[c]), float64(TScale[c])
		// Means over the channel: of tx, x̂ tx, dy, x̂ dy, tdy, x̂ tdy, tx dy.
		var mtx, mxhtx, mdy, mxhdy, mtdy, mxhtdy, mtxdy float64
		for n := range s.N {
			x, tx, dy, tdy := channel(s, X, n, c), channel(s, TX, n, c), channel(s, DY, n, c), channel(s, TDY, n, c)
			for i, v := range x {
				xh := (float64(v) - mean) * istd
				t, u, tu := float64(tx[i]), float64(dy[i]), float64(tdy[i])
				mtx += t
				mxhtx += xh * t
				mdy += u
				mxhdy += xh * u
				mtdy += tu
				mxhtdy += xh * tu
				mtxdy += t * u
			}
		}
		for _, sum := range []*float64{&mtx, &mxhtx, &mdy, &mxhdy, &mtdy, &mxhtdy, &mtxdy} {
			*sum /= m
		}
		mtxhdy := istd * mtxdy // ⟨tx̂ dy⟩
		if train {
			mtxhdy -= istd * (mtx*mdy + mxhtx*mxhdy)
		}
		if s.N*s.S > 0 {
			put(TDScale, c, m*(mxhtdy+mtxhdy), add)
			put(TDShift, c, m*mtdy, add)
		} else {
			put(TDScale, c, 0, add)
			put(TDShift, c, 0, add)
		}
		for n := range s.N {
			x, tx, dy := channel(s, X, n, c), channel(s, TX, n, c), channel(s, DY, n, c)
			tdy, tdx := channel(s, TDY, n, c), channel(s, TDX, n, c)
			for i, v := range x {
				xh := (float64(v) - mean) * istd
				t, u, tu := float64(tx[i]), float64(dy[i]), float64(tdy[i])
				if !train {
					tdx[i] = T(istd * (scale*tu + tscale*u))
					continue
				}
				txh := istd * (t - mtx - xh*mxhtx)
				jdy := istd * (u - mdy - xh*mxhdy)
				jtdy := istd * (tu - mtdy - xh*mxhtdy)
				tjdy := -istd * (mxhtx*jdy + txh*mxhdy + xh*mtxhdy)
				tdx[i] = T(scale*(jtdy+tjdy) + tscale*jdy)
			}
		}
	})
}
