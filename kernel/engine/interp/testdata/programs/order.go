package programs

import (
	"fmt"
)

// Order is in which order operands, calls and assignments happen, where the
// language says so: n + f() may take n before or after f changes it.
func Order() {
	log := func(s string, v int) int { fmt.Print(s, " "); return v }
	fmt.Println(log("a", 1)+log("b", 2)*log("c", 3), log("d", 4))

	n := 1
	set := func(v int) int { n = v; return v }
	fmt.Println(n+set(5), n)
	fmt.Println(set(6)+n, n)
	a := []int{1, 2, 3}
	write := func(i, v int) int { a[i] = v; return v }
	fmt.Println(write(1, 20)+a[1], a)
	two := func(x, y int) [2]int { return [2]int{x, y} }
	p := &struct{ x, y int }{1, 2}
	i := 0
	i, a[i] = 2, 77
	fmt.Println(i, a)
	a[i], i = 5, 0
	fmt.Println(i, a)
	a[0], a[1], a[2] = a[2], a[0], a[1]
	fmt.Println(a)
	next := func() int { i++; return i - 1 }
	a[next()], a[next()] = next(), next()
	fmt.Println(a, i)
	i = 0
	a[next()] += next()
	fmt.Println(a, i)
	n += set(20)
	fmt.Println(n)
	a[1] += write(1, 100)
	fmt.Println(a)
	p.y -= func() int { p.y = 50; return 1 }()
	fmt.Println(p.y)
	a = append(a, func() int { a = nil; return 4 }())
	fmt.Println(a, len(a))
	fmt.Println(results())
	fmt.Println(named(3))
	c := [3]int{1, 2, 3}
	d := c
	c[0] = 9
	fmt.Println(c, d, c == d, c != [3]int{9, 2, 3})
	for i, v := range c {
		c[2] = 100
		fmt.Print(i, v, " ")
	}
	for i, v := range &c {
		c[2] = 200
		fmt.Print(i, v, " ")
	}
	for i := range c {
		c[i]++
	}
	e := a
	for i, v := range e {
		e = append(e, v)
		e[0] = i
	}
	fmt.Println(c, e)
	fmt.Println(two(func() (int, int) { return 1, n }()))
	_ = log("blank", 1)
	var u, v = log("u", 1), log("v", 2)
	fmt.Println(u, v)
	if k := log("k", 3); k > 2 && log("t", 1) == 1 || log("never", 0) == 0 {
		fmt.Println(k)
	}
	switch log("tag", 2) {
	case log("one", 1), log("two", 2):
		fmt.Println("found")
	case log("three", 3):
	}
	f := func(g func() int, n int) func() int { return func() int { return g() + n } }
	fmt.Println(f(func() int { return log("g", 1) }, log("n", 2))())
	q := [][]int{{1}, {2}}
	q[0], q[1][0] = q[1], 7
	fmt.Println(q)
	var w struct{ p *int }
	one := 1
	w.p, one = &one, 3
	fmt.Println(*w.p)
}

func results() (a, b int) {
	a, b = 1, 2
	return b, a
}

func named(n int) (r int) {
	defer func() { r *= n }()
	r = 1
	return r + 4
}
