package programs

import (
	"bytes"
	"cmp"
	"container/heap"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

type shape interface {
	Area() float64
	namer
}

type namer interface{ Name() string }

type base struct{ name string }

func (b base) Name() string     { return b.name }
func (b *base) Rename(s string) { b.name = s }
func (b base) Describe() string { return "base " + b.Name() }
func (b base) Less(o base) bool { return b.name < o.name }

type square struct {
	base
	side float64
}

func (s square) Area() float64 { return s.side * s.side }

type disc struct {
	*base
	r float64
}

func (d *disc) Area() float64 { return 3 * d.r * d.r }
func (d *disc) Name() string  { return "disc " + d.base.Name() }

type stack[T any] struct{ items []T }

func (s *stack[T]) push(v ...T) { s.items = append(s.items, v...) }
func (s *stack[T]) pop() (v T, err error) {
	if len(s.items) == 0 {
		return v, errEmpty
	}
	v = s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return v, nil
}

var errEmpty = errors.New("empty stack")

type number interface{ ~int | ~float64 }

func sum[T number](xs ...T) (t T) {
	for _, x := range xs {
		t += x
	}
	return t
}

func mapTo[A, B any](xs []A, f func(A) B) []B {
	out := make([]B, 0, len(xs))
	for _, x := range xs {
		out = append(out, f(x))
	}
	return out
}

func reduce[K cmp.Ordered, V any](m map[K]V, f func(K, V)) {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		f(k, m[k])
	}
}

type pair[K comparable, V any] struct {
	Key K
	Val V
}

func (p pair[K, V]) String() string { return fmt.Sprintf("<%v %v>", p.Key, p.Val) }

type chain[T any] struct {
	head *node[T]
	n    int
}

type node[T any] struct {
	v    T
	next *node[T]
}

func (l *chain[T]) add(v T) *chain[T] {
	l.head = &node[T]{v, l.head}
	l.n++
	return l
}

func (l *chain[T]) each(yield func(T) bool) {
	for n := l.head; n != nil; n = n.next {
		if !yield(n.v) {
			return
		}
	}
}

type byLen []string

func (b byLen) Len() int           { return len(b) }
func (b byLen) Less(i, j int) bool { return len(b[i]) < len(b[j]) }
func (b byLen) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }

type queue []int

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i] < q[j] }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(int)) }
func (q *queue) Pop() any {
	old := *q
	x := old[len(old)-1]
	*q = old[:len(old)-1]
	return x
}

type myErr struct{ code int }

func (e *myErr) Error() string { return "code " + strconv.Itoa(e.code) }

type wrapErr struct {
	msg string
	err error
}

func (e wrapErr) Error() string { return e.msg + ": " + e.err.Error() }
func (e wrapErr) Unwrap() error { return e.err }

type rot13 struct{ r io.Reader }

func (r rot13) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	for i, b := range p[:n] {
		if b >= 'a' && b <= 'z' {
			p[i] = 'a' + (b-'a'+13)%26
		}
	}
	return n, err
}

type counter struct {
	sync.Mutex
	n map[string]int
}

func (c *counter) Write(p []byte) (int, error) {
	c.Lock()
	defer c.Unlock()
	c.n[string(p)]++
	return len(p), nil
}

type op func(float64, float64) float64

func (o op) apply(a, b float64) float64 { return o(a, b) }

type weekday int

const (
	sunday weekday = iota
	monday
)

func (d weekday) String() string { return [...]string{"Sun", "Mon"}[d] }

type money int64

func (m money) Format(s fmt.State, verb rune) { fmt.Fprintf(s, "$%d.%02d", int64(m)/100, int64(m)%100) }

type config struct {
	Name  string            `json:"name"`
	Sizes []int             `json:"sizes,omitempty"`
	Opts  map[string]string `json:"opts"`
	Inner struct{ A, B float64 }
	skip  int
}

// Kinds is types: interfaces, methods, embedding, generics, and what compiled
// packages do with them.
func Kinds() {
	sq := square{base{"sq"}, 2}
	d := &disc{&base{"round"}, 1}
	for _, s := range []shape{sq, d, &sq} {
		fmt.Print(s.Name(), s.Area(), " ")
		if _, ok := s.(interface{ Rename(string) }); ok {
			fmt.Print("renames ")
		}
	}
	sq.Rename("renamed")
	d.Rename("flat")
	fmt.Println(sq.Name(), d.Name(), sq.Describe(), d.Describe(), sq.base.Less(*d.base))
	var n namer = sq
	if s, ok := n.(shape); ok {
		fmt.Println(s.Area(), s == shape(sq))
	}
	var st stack[string]
	st.push("a", "b")
	v, err := st.pop()
	fmt.Println(v, err, len(st.items))
	st.pop()
	_, err = st.pop()
	fmt.Println(err, errors.Is(err, errEmpty))
	fmt.Println(sum(1, 2, 3), sum(0.5, 0.25), sum[celsius](1, 2), sum[int]())
	fmt.Println(mapTo([]int{1, 2}, func(i int) string { return strings.Repeat("x", i) }), mapTo([]string{"a"}, strings.ToUpper))
	reduce(map[string]float64{"b": 2, "a": 1}, func(k string, v float64) { fmt.Print(k, v, " ") })
	fmt.Println(pair[string, int]{"k", 1}, []pair[int, bool]{{1, true}}, &pair[string, []int]{"p", []int{1}})
	l := (&chain[float64]{}).add(1).add(2.5)
	for v := range l.each {
		fmt.Print(v, " ")
	}
	words := byLen{"ccc", "a", "bb"}
	sort.Sort(words)
	fmt.Println(words)
	sort.Slice(words, func(i, j int) bool { return words[i] > words[j] })
	slices.SortFunc(words, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	fmt.Println(words, slices.Max(words), slices.Contains(words, "a"), slices.Index(words, "bb"))
	q := &queue{5, 2, 8}
	heap.Init(q)
	heap.Push(q, 1)
	for q.Len() > 0 {
		fmt.Print(heap.Pop(q), " ")
	}
	err = wrapErr{"outer", fmt.Errorf("middle: %w", &myErr{7})}
	var me *myErr
	fmt.Println(err, errors.As(err, &me), me.code, errors.Unwrap(err), errors.Is(err, me))
	err = errors.Join(errEmpty, &myErr{3})
	fmt.Println(strings.ReplaceAll(err.Error(), "\n", "|"), errors.Is(err, errEmpty))
	out, _ := io.ReadAll(rot13{strings.NewReader("uryyb")})
	fmt.Println(string(out))
	c := &counter{n: map[string]int{}}
	fmt.Fprintf(c, "%d", 1)
	fmt.Fprint(c, "1")
	io.Copy(c, bytes.NewBufferString("x"))
	fmt.Println(c.n)
	fmt.Println(op(func(a, b float64) float64 { return a - b }).apply(5, 3))
	fmt.Println(sunday, monday, []weekday{0, 1}, map[weekday]int{1: 2}, struct{ D weekday }{1}, money(1234), []money{5})
	fmt.Printf("%d %v %s %q %x %5s|%-5s|%T\n", monday, monday, monday, monday, monday, monday, monday, int(monday))
	fmt.Printf("%v %+v %.2f %8.3f %t %c %U %e %g %08b %o %#x %s\n", sq, struct{ A any }{1}, 1.234, 5.5, true, 'x', 'é', 1e10, 1e21, 5, 8, 255, []string{"a"})
	b, err := json.Marshal(config{Name: "n", Opts: map[string]string{"k": "v"}})
	fmt.Println(string(b), err)
	var cf config
	err = json.Unmarshal([]byte(`{"name":"m","sizes":[1,2],"Inner":{"A":1.5}}`), &cf)
	fmt.Println(cf.Name, cf.Sizes, cf.Inner.A, cf.Opts == nil, err)
	err = json.Unmarshal([]byte(`{"name":3}`), &cf)
	fmt.Println(err != nil)
	var wg sync.WaitGroup
	var mu sync.Mutex
	total := 0
	for i := range 20 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			mu.Lock()
			defer mu.Unlock()
			total += i
		}()
	}
	wg.Wait()
	jobs, done := make(chan int), make(chan int, 3)
	for range 3 {
		go func() {
			s := 0
			for j := range jobs {
				s += j
			}
			done <- s
		}()
	}
	for i := range 30 {
		jobs <- i
	}
	close(jobs)
	got := <-done + <-done + <-done
	fmt.Println(total, got)
	tick := make(chan string)
	quit := make(chan struct{})
	go func() {
		for _, s := range []string{"a", "b"} {
			tick <- s
		}
		close(quit)
	}()
loop:
	for {
		select {
		case s, ok := <-tick:
			fmt.Print(s, ok, " ")
		case <-quit:
			break loop
		case <-time.After(time.Minute):
			fmt.Print("late")
		}
	}
	select {
	case v, ok := <-done:
		fmt.Println(v, ok)
	default:
		fmt.Println("nothing there")
	}
	once := sync.OnceValue(func() int { fmt.Print("once "); return 6 })
	fmt.Println(once(), once())
	var o sync.Once
	for range 3 {
		o.Do(func() { fmt.Print("do ") })
	}
	ops := map[string]func(float64, float64) float64{"+": func(a, b float64) float64 { return a + b }}
	if f, ok := ops["+"]; ok {
		fmt.Println(f(1, 2), ops["-"] == nil)
	}
	fib := func() func() int { a, b := 0, 1; return func() int { defer func() { a, b = b, a+b }(); return a } }()
	for range 10 {
		fmt.Print(fib(), " ")
	}
	fmt.Println(strings.Map(func(r rune) rune {
		if r == 'a' {
			return -1
		}
		return r + 1
	}, "banana"), strings.FieldsFunc("a1b2c", func(r rune) bool { return r < 'a' }))
	fmt.Fprintln(os.Stdout, variadic(), variadic(1), variadic([]int{1, 2}...), anys("a", 1, nil), anys([]any{1, 2}...))
	var w io.Writer = os.Stdout
	if _, ok := w.(io.ReadWriter); ok {
		fmt.Println("reads and writes")
	}
	var sb strings.Builder
	fmt.Fprintf(&sb, "%03d|%v", 7, &sb != nil)
	fmt.Println(sb.String(), sb.Len())
}

func variadic(xs ...int) string { return fmt.Sprint(len(xs), xs == nil, xs) }
func anys(xs ...any) int        { return len(xs) }

type temp float64

func (t temp) String() string     { return fmt.Sprintf("%.1f K", float64(t)) }
func (p *point) GoString() string { return "a point" }

type vec []float64

func (v vec) Error() string { return fmt.Sprint("vec of ", len(v)) }

type opt func(*settings)

type settings struct {
	n    int
	name string
	opts []opt
	sub  *settings
}

func with(n int) opt { return func(s *settings) { s.n = n } }

func build(opts ...opt) *settings {
	s := &settings{name: "default", opts: opts}
	for _, o := range opts {
		o(s)
	}
	return s
}

type visitor interface {
	visit(n *tree) visitor
}

type depth struct{ d, most *int }

func (d depth) visit(n *tree) visitor {
	if n == nil {
		return nil
	}
	*d.d++
	*d.most = max(*d.most, *d.d)
	return d
}

func each(v visitor, n *tree) {
	if v = v.visit(n); v == nil {
		return
	}
	each(v, n.left)
	each(v, n.right)
}

// Printing is what package fmt shows of values of these types.
func Printing() {
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%X", "%5v", "%-5v|", "%05d", "%.3f", "%8.2e", "%t", "%T", "%c"} {
		for _, x := range []any{temp(1.5), monday, point{1, 2}, &point{3, 4}, []temp{1, 2}, map[weekday]temp{0: 1}, names{"a", "b"}, grid{}, flag(3), [2]flag{1, 2},
			pair[string, int]{"k", 1}, struct {
				T temp
				w weekday
				p *int
				e any
			}{1, 1, nil, money(5)}, (*point)(nil), vec{1, 2}, []any{temp(1), nil, 2, "s"}, square{base{"b"}, 2}, config{Name: "c"}, weekday(1), []byte("hi"), stack[int]{[]int{1}},
			error(&myErr{4}), [][]point{{{1, 2}}, nil}, map[string]any{"a": point{1, 2}, "b": []weekday{1}}, op(nil), struct{}{}, celsius(math.NaN()), line{name: "l"}} {
			fmt.Printf(verb+" ", x)
		}
		fmt.Println()
	}
	fmt.Printf("%v %d %s\n", build(with(3)).n, build().n, build().name)
	wrong := "%[2]d %[1]s %d%% %!|%z %s\n"
	fmt.Printf(wrong, "a", 2, 3)
	fmt.Printf("%*d|%-*d|%.*f\n", 5, 42, 5, 42, 2, 3.14159)
	fmt.Println(fmt.Sprint(temp(1), temp(2)), fmt.Sprint("a", point{1, 2}, "b", 3, 4), fmt.Sprintln(monday))
	fmt.Println(fmt.Errorf("%w and %v", &myErr{1}, vec{1}))
	var np *tree
	var ns shape
	var ne error
	fmt.Println(np, ns, ne, np == nil, ns == nil, []error{nil, ne}, any(np) == nil)
	d, most := 0, 0
	var root *tree
	for _, v := range []int{2, 1, 3} {
		root = root.insert(v)
	}
	each(depth{&d, &most}, root)
	fmt.Println(d, most)
	x, err := strconv.Atoi("12x")
	fmt.Println(x, err)
	var numError *strconv.NumError
	fmt.Println(errors.As(err, &numError), numError.Func, errors.Is(err, strconv.ErrSyntax))
	fmt.Println(strings.Compare("a", "b"), strings.NewReplacer("a", "1").Replace("banana"), strings.Title("go lab"))
	dur := 1500 * time.Millisecond
	fmt.Println(dur, dur.Seconds(), time.Duration(2)*time.Second, time.Date(2018, 1, 2, 3, 4, 5, 0, time.UTC).Format(time.RFC3339), time.March)
	type key struct {
		a string
		b int
	}
	seen := map[key]bool{{"x", 1}: true}
	seen[key{"y", 2}] = true
	fmt.Println(len(seen), seen[key{"x", 1}], seen[key{"x", 2}], seen)
	mf := map[string]shape{"d": &disc{&base{"d"}, 2}}
	fmt.Println(mf["d"].Area(), mf["e"] == nil)
	var arr [3]struct {
		v  int
		ok bool
	}
	arr[1].v, arr[2].ok = 4, true
	for i := range arr {
		arr[i].v++
	}
	fmt.Println(arr, fmt.Sprintf("%+v", arr[1:]))
	fs := []func(int) int{func(i int) int { return i + 1 }, func(i int) int { return i * i }}
	for i, f := range fs {
		fmt.Print(i, f(5), " ")
	}
	fmt.Println(func(a, b int) int { return a - b }(5, 3))
	ch := make(chan point, 2)
	ch <- point{1, 2}
	ch <- point{3, 4}
	close(ch)
	for p := range ch {
		fmt.Print(p, " ")
	}
	p, ok := <-ch
	fmt.Println(p, ok, len(ch), cap(ch))
	defer func() {
		fmt.Println("recovered", recover())
	}()
	var bad shape
	bad.Area()
}
