package programs

import (
	"fmt"
	"math"
)

type (
	celsius float64
	point   struct{ x, y int }
	line    struct {
		from, to point
		name     string
	}
	tree struct {
		left, right *tree
		v           int
	}
	grid  [2][3]int
	names []string
	table map[string][]point
	flag  uint8
)

const (
	red flag = 1 << iota
	green
	blue
)

const (
	huge  = 1 << 62
	third = 1.0 / 3
	long  = "a string\tof \u00e9 runes"
)

func (c celsius) String() string  { return fmt.Sprintf("%.1f°C", float64(c)) }
func (p point) add(q point) point { return point{p.x + q.x, p.y + q.y} }
func (p *point) scale(k int)      { p.x *= k; p.y *= k }
func (f flag) has(g flag) bool    { return f&g != 0 }

func (t *tree) insert(v int) *tree {
	if t == nil {
		return &tree{v: v}
	}
	if v < t.v {
		t.left = t.left.insert(v)
	} else {
		t.right = t.right.insert(v)
	}
	return t
}

func (t *tree) walk(f func(int)) {
	if t != nil {
		t.left.walk(f)
		f(t.v)
		t.right.walk(f)
	}
}

// Values are copies, pointers, numbers, strings and what is made of them.
func Values() {
	l := line{point{1, 2}, point{3, 4}, "l"}
	k := l
	k.from.x = 9
	k.to.scale(2)
	fmt.Println(l, k, l == k, l.from.add(k.to))
	fmt.Printf("%v %+v %d %T\n", l, k, l.from.x, l.from.x)
	pp := &l.to
	pp.x = 77
	(*pp).y++
	fmt.Println(l.to, *pp)
	g := grid{{1, 2, 3}, {4, 5, 6}}
	h := g
	h[1][2] = 0
	row := g[1]
	row[0] = 100
	part := g[1][:2]
	part[0] = 44
	fmt.Println(g, h, row, part, len(g), cap(part))
	t := table{"a": {{1, 2}}, "b": nil}
	t["a"][0].x = 5
	t["c"] = append(t["c"], point{7, 8})
	fmt.Println(t, len(t["none"]), t["a"][0].add(t["c"][0]))
	ps := map[point]string{{1, 2}: "one two"}
	fmt.Println(ps[point{1, 2}], ps[point{2, 1}] == "")
	delete(ps, point{1, 2})
	fmt.Println(len(ps))
	var root *tree
	for _, v := range []int{5, 2, 8, 1, 9, 3} {
		root = root.insert(v)
	}
	root.walk(func(v int) { fmt.Print(v, " ") })
	fmt.Println(red|blue, (red | green).has(blue), green)
	c := celsius(20)
	c += 1.5
	fmt.Println(c, float64(c), celsius(math.Inf(1)))
	var i8 int8 = 127
	i8++
	var u8 uint8 = 3
	u8 -= 5
	var u16 uint16 = 1 << 15
	u16 <<= 1
	var u32 uint32 = math.MaxUint32
	u32 *= u32
	var i64 int64 = math.MinInt64
	fmt.Println(i8, u8, u16, u32, -i64, i64/-1, i64%-1, uint64(i64), ^u8, -u16, 7&^5, -7/2, -7%3, -7>>1, uint32(1)<<31>>31)
	shift := uint(70)
	fmt.Println(1<<shift, int32(-1)>>shift, (u8|255)<<3>>3, (i8|1)<<7)
	var f32 float32 = 0.1
	var f64 = 0.1
	fmt.Println(f32+0.2, f64+0.2, float64(f32), f32 == 0.1, float32(f64) == f32, third, float32(16777216.0)+1)
	nan := math.NaN()
	fmt.Println(nan == nan, nan != nan, nan < 1, 1/math.Inf(-1), math.Copysign(0, -1), min(nan, 1), max(1, 2.5, -3), min("b", "a"))
	minus, hundreds := -3.9, 300
	fmt.Println(int(minus), int8(hundreds), uint8(-hundreds), uint64(hundreds)<<60, int64(float32(1<<24)), rune('x'), string(rune(233)), float64(huge))
	z := complex(1, -2)
	z *= z
	var z64 complex64 = 2i
	fmt.Println(z, real(z), imag(z64*z64), z == complex(-3, -4), z/2i)
	s := "héllo, 世界"
	fmt.Println(len(s), s[1], s[1:3], []byte(s)[:3], []rune(s)[1], string([]rune(s)[7:]), s > "hello", s+long)
	for i, r := range "aé\xff世" {
		fmt.Print(i, ":", string(r), r, " ")
	}
	bs := []byte("abc")
	str := string(bs)
	bs[0] = 'X'
	fmt.Println(str, string(bs), append([]byte("x"), "yz"...))
	fmt.Println(copy(bs, "QQQQ"))
	fmt.Println(string(bs))
	sl := []int{0, 1, 2, 3, 4, 5}
	tl := sl[2:4:5]
	tl = append(tl, 10)
	tl = append(tl, 11)
	tl[0] = 99
	fmt.Println(sl, tl, len(sl[2:4]), cap(sl[2:4]), cap(sl[1:2:3]), sl[:0], sl[6:])
	arr := [4]int(sl[:4])
	ptr := (*[2]int)(sl)
	ptr[1] = -1
	arr[0] = 1000
	fmt.Println(sl, arr, *ptr, [...]string{2: "c", 0: "a"}, []int{5: 1, 2, 1: 7})
	var nilmap map[string]int
	var nilslice []int
	fmt.Println(nilmap["x"], len(nilmap), nilslice == nil, len(nilslice), append(nilslice, nilslice...) == nil, nilmap == nil)
	for range nilmap {
		fmt.Println("never")
	}
	clear(sl[1:3])
	fmt.Println(sl)
	anon := []struct {
		n string
		v any
	}{{"i", 1}, {"f", 2.5}, {"s", "x"}, {"p", point{1, 2}}, {"n", nil}, {"e", [2]bool{true}}}
	for _, a := range anon {
		fmt.Print(a.n, "=", a.v, " ")
	}
	fmt.Println()
	var e1, e2 any = point{1, 2}, point{1, 2}
	var e3 any = celsius(1)
	var e4 any = 1.0
	fmt.Println(e1 == e2, e3 == e4, e4 == 1.0, e1 != nil, e3 == celsius(1), any(1) == any(int64(1)))
	nn := names{"z", "y"}
	mm := []string(nn)
	mm[0] = "shared"
	fmt.Println(nn, len(nn), fmt.Sprint(nn) == fmt.Sprint(mm))
	fn := point.add
	bound := k.from.add
	k.from.x = -1
	scale := (*point).scale
	scale(&k.to, 10)
	fmt.Println(fn(point{1, 1}, point{2, 2}), bound(point{}), k.to)
	type local struct{ a, b int }
	ls := map[string]local{"q": {1, 2}}
	v := ls["q"]
	v.a = 50
	fmt.Println(ls, v, ls["none"])
	pm := map[string]*local{"q": {3, 4}}
	pm["q"].a++
	fmt.Println(*pm["q"])
	nested := map[string]map[int]bool{"a": {1: true}}
	nested["b"] = map[int]bool{}
	nested["b"][2] = !nested["b"][2]
	fmt.Println(nested)
	new1, new2 := new(int), new(point)
	*new1 += 4
	new2.scale(3)
	fmt.Println(*new1, *new2, *new(string) == "")
	x, y := 1, 2
	px, py := &x, &y
	*px, *py = *py, *px
	px = py
	*px = 30
	fmt.Println(x, y, px == py, px == &y)
	ppp := &px
	**ppp = 31
	fmt.Println(y)
}
