package device

// expectCells checks vectors of n cells of width h: gates of 4h numbers a cell,
// states of h.
func expectCells(op string, n, h int, gates, states map[string]Vector) DType {
	expectMatrix(op, n, h)
	t := gates["gates"].dtype
	expectFloat(op, "gates", gates["gates"], n*4*h)
	for name, v := range gates {
		expect(op, name, v, t, n*4*h)
	}
	for name, v := range states {
		expect(op, name, v, t, n*h)
	}
	return t
}

// gates of one cell: input, forget, output, candidate.
func split4[T float](x []T, r, n int) (i, f, o, g []T) {
	x = row(x, r, n)
	return row(x, 0, 4), row(x, 1, 4), row(x, 2, 4), row(x, 3, 4)
}

func (d *cpu) LSTM(n, h int, gates, cprev, c, out Vector) {
	if expectCells("LSTM", n, h, map[string]Vector{"gates": gates},
		map[string]Vector{"cprev": cprev, "c": c, "out": out}) == Float32 {
		lstm[float32](d, n, gates, cprev, c, out)
	} else {
		lstm[float64](d, n, gates, cprev, c, out)
	}
}

func lstm[T float](d *cpu, n int, gates, cprev, c, out Vector) {
	Gates, Cprev, C, Out := Host[T](gates), Host[T](cprev), Host[T](c), Host[T](out)
	d.each(n, func(r int) {
		i, f, o, g := split4(Gates, r, n)
		cprev, c, out := row(Cprev, r, n), row(C, r, n), row(Out, r, n)
		sigmoids(i, i)
		sigmoids(f, f)
		sigmoids(o, o)
		tanhs(g, g)
		for j := range c {
			c[j] = f[j]*cprev[j] + i[j]*g[j]
		}
		tanhs(c, out)
		for j := range out {
			out[j] *= o[j]
		}
	})
}

func (d *cpu) LSTMBack(n, h int, gates, cprev, c, dout, dc, dgates Vector) {
	if expectCells("LSTMBack", n, h, map[string]Vector{"gates": gates, "dgates": dgates},
		map[string]Vector{"cprev": cprev, "c": c, "dout": dout, "dc": dc}) == Float32 {
		lstmBack[float32](d, n, h, gates, cprev, c, dout, dc, dgates)
	} else {
		lstmBack[float64](d, n, h, gates, cprev, c, dout, dc, dgates)
	}
}

func lstmBack[T float](d *cpu, n, h int, gates, cprev, c, dout, dc, dgates Vector) {
	Gates, DGates, Cprev, C, DOut, DC := Host[T](gates), Host[T](dgates), Host[T](cprev), Host[T](c), Host[T](dout), Host[T](dc)
	d.each(n, func(r int) {
		i, f, o, g := split4(Gates, r, n)
		di, df, do, dg := split4(DGates, r, n)
		cprev, c, dout, dc := row(Cprev, r, n), row(C, r, n), row(DOut, r, n), row(DC, r, n)
		tanhC, done := scratch[T](h)
		defer done()
		tanhs(c, tanhC)
		for j, th := range tanhC {
			u := dc[j] + dout[j]*o[j]*(1-th*th) // the derivative by c, all of it
			di[j] = u * g[j] * i[j] * (1 - i[j])
			df[j] = u * cprev[j] * f[j] * (1 - f[j])
			do[j] = dout[j] * th * o[j] * (1 - o[j])
			dg[j] = u * i[j] * (1 - g[j]*g[j])
			dc[j] = u * f[j]
		}
	})
}

func (d *cpu) LSTMTangent(n, h int, gates, tgates, cprev, tcprev, c, tc, tout Vector) {
	if expectCells("LSTMTangent", n, h, map[string]Vector{"gates": gates, "tgates": tgates},
		map[string]Vector{"cprev": cprev, "tcprev": tcprev, "c": c, "tc": tc, "tout": tout}) == Float32 {
		lstmTangent[float32](d, n, h, gates, tgates, cprev, tcprev, c, tc, tout)
	} else {
		lstmTangent[float64](d, n, h, gates, tgates, cprev, tcprev, c, tc, tout)
	}
}

func lstmTangent[T float](d *cpu, n, h int, gates, tgates, cprev, tcprev, c, tc, tout Vector) {
	Gates, TGates, Cprev, TCprev := Host[T](gates), Host[T](tgates), Host[T](cprev), Host[T](tcprev)
	C, TC, TOut := Host[T](c), Host[T](tc), Host[T](tout)
	d.each(n, func(r int) {
		i, f, o, g := split4(Gates, r, n)
		ti, tf, to, tg := split4(TGates, r, n)
		cprev, tcprev := row(Cprev, r, n), row(TCprev, r, n)
		c, tc, tout := row(C, r, n), row(TC, r, n), row(TOut, r, n)
		tanhC, done := scratch[T](h)
		defer done()
		tanhs(c, tanhC)
		for j, th := range tanhC {
			ti[j] *= i[j] * (1 - i[j])
			tf[j] *= f[j] * (1 - f[j])
			to[j] *= o[j] * (1 - o[j])
			tg[j] *= 1 - g[j]*g[j]
			tc[j] = tf[j]*cprev[j] + f[j]*tcprev[j] + ti[j]*g[j] + i[j]*tg[j]
			tout[j] = to[j]*th + o[j]*(1-th*th)*tc[j]
		}
	})
}

func (d *cpu) LSTMBackTangent(n, h int, gates, tgates, cprev, tcprev, c, tc, dout, tdout, dc, tdc, tdgates Vector) {
	if expectCells("LSTMBackTangent", n, h, map[string]Vector{"gates": gates, "tgates": tgates, "tdgates": tdgates},
		map[string]Vector{"cprev": cprev, "tcprev": tcprev, "c": c, "tc": tc, "dout": dout, "tdout": tdout, "dc": dc, "tdc": tdc}) == Float32 {
		lstmBackTangent[float32](d, n, h, gates, tgates, cprev, tcprev, c, tc, dout, tdout, dc, tdc, tdgates)
	} else {
		lstmBackTangent[float64](d, n, h, gates, tgates, cprev, tcprev, c, tc, dout, tdout, dc, tdc, tdgates)
	}
}

func lstmBackTangent[T float](d *cpu, n, h int, gates, tgates, cprev, tcprev, c, tc, dout, tdout, dc, tdc, tdgates Vector) {
	Gates, TGates, TDGates := Host[T](gates), Host[T](tgates), Host[T](tdgates)
	Cprev, TCprev, C, TC := Host[T](cprev), Host[T](tcprev), Host[T](c), Host[T](tc)
	DOut, TDOut, DC, TDC := Host[T](dout), Host[T](tdout), Host[T](dc), Host[T](tdc)
	d.each(n, func(r int) {
		i, f, o, g := split4(Gates, r, n)
		ti, tf, to, tg := split4(TGates, r, n)
		tdi, tdf, tdo, tdg := split4(TDGates, r, n)
		cprev, tcprev, c, tc := row(Cprev, r, n), row(TCprev, r, n), row(C, r, n), row(TC, r, n)
		dout, tdout, dc, tdc := row(DOut, r, n), row(TDOut, r, n), row(DC, r, n), row(TDC, r, n)
		tanhC, done := scratch[T](h)
		defer done()
		tanhs(c, tanhC)
		for j, th := range tanhC {
			s := 1 - th*th
			u := dc[j] + dout[j]*o[j]*s
			tu := tdc[j] + (tdout[j]*o[j]+dout[j]*to[j]-2*dout[j]*o[j]*th*tc[j])*s
			// (v s(1-s))' = v' s(1-s) + v s'(1-2s), and the like for tanh.
			tdi[j] = (tu*g[j]+u*tg[j])*i[j]*(1-i[j]) + u*g[j]*ti[j]*(1-2*i[j])
			tdf[j] = (tu*cprev[j]+u*tcprev[j])*f[j]*(1-f[j]) + u*cprev[j]*tf[j]*(1-2*f[j])
			tdo[j] = (tdout[j]*th+dout[j]*s*tc[j])*o[j]*(1-o[j]) + dout[j]*th*to[j]*(1-2*o[j])
			tdg[j] = (tu*i[j]+u*ti[j])*(1-g[j]*g[j]) - 2*u*i[j]*g[j]*tg[j]
			tdc[j] = tu*f[j] + u*tf[j]
		}
	})
}
