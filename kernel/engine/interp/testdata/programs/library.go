package programs

import (
	"bufio"
	"bytes"
	"cmp"
	"container/list"
	"context"
	"encoding/base64"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"math"
	"math/big"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"
	"unicode"
)

type person struct {
	Name string `json:"name"`
	Age  int    `json:"age,omitempty"`
	Tags []string
	Home *address `json:"home,omitempty"`
}

type address struct{ Street, City string }

type people []person

func (p people) Len() int           { return len(p) }
func (p people) Less(i, j int) bool { return p[i].Age < p[j].Age }
func (p people) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }

type level int

func (l level) MarshalText() ([]byte, error) { return []byte(fmt.Sprintf("L%d", int(l))), nil }

type coder interface{ Code() int }

func (e *myErr) Code() int { return e.code }

type server struct {
	hits atomic.Int64
	mux  *http.ServeMux
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.hits.Add(1)
	s.mux.ServeHTTP(w, r)
}

type ring[T any] struct {
	buf  []T
	next int
}

func newRing[T any](n int) *ring[T] { return &ring[T]{buf: make([]T, n)} }

func (r *ring[T]) put(v T) { r.buf[r.next%len(r.buf)] = v; r.next++ }

func (r *ring[T]) all() []T { return slices.Clone(r.buf) }

type set[T comparable] map[T]struct{}

func (s set[T]) add(v T)      { s[v] = struct{}{} }
func (s set[T]) has(v T) bool { _, ok := s[v]; return ok }
func union[T comparable](a, b set[T]) set[T] {
	u := set[T]{}
	for _, s := range []set[T]{a, b} {
		for v := range s {
			u.add(v)
		}
	}
	return u
}

type monoid[T any] interface {
	zero() T
	plus(a, b T) T
}

type addition struct{}

func (addition) zero() int         { return 0 }
func (addition) plus(a, b int) int { return a + b }

func fold[T any, M monoid[T]](m M, xs ...T) T {
	t := m.zero()
	for _, x := range xs {
		t = m.plus(t, x)
	}
	return t
}

type upper struct{ w io.Writer }

func (u upper) Write(p []byte) (int, error) { return u.w.Write(bytes.ToUpper(p)) }

// Library is the standard library, called with types and functions of a cell.
func Library() {
	ps := people{{Name: "b", Age: 30}, {Name: "a", Age: 20, Home: &address{"s", "c"}}, {Name: "c", Age: 20}}
	sort.Stable(ps)
	fmt.Println(ps[0].Name, ps[1].Name, ps[2].Name)
	sort.SliceStable(ps, func(i, j int) bool { return ps[i].Name > ps[j].Name })
	slices.SortStableFunc(ps, func(a, b person) int { return cmp.Compare(a.Age, b.Age) })
	fmt.Println(ps[0].Name, sort.SearchInts([]int{1, 3, 5}, 4), sort.Search(10, func(i int) bool { return i*i > 30 }))
	b, err := json.MarshalIndent(ps[0], "", " ")
	fmt.Println(string(b), err)
	var back []person
	fmt.Println(json.Unmarshal([]byte(`[{"name":"x","age":3,"home":{"Street":"q"}},{"name":"y"}]`), &back), len(back), back[0].Home.Street, back[1].Age)
	b, err = json.Marshal(map[string]any{"level": level(3), "nil": nil, "p": person{Name: "q"}, "ps": []any{person{Age: 3}, &person{}, level(2)}, "f": 1.5})
	fmt.Println(string(b), err)
	i, found := slices.BinarySearchFunc(ps, 25, func(p person, age int) int { return p.Age - age })
	fmt.Println(i, found, slices.IndexFunc(ps, func(p person) bool { return p.Age > 20 }), slices.ContainsFunc(ps, func(p person) bool { return p.Name == "z" }))
	fmt.Println(len(slices.Compact([]int{1, 1, 2})) == 2)
	groups := map[int][]string{}
	for _, p := range ps {
		groups[p.Age] = append(groups[p.Age], p.Name)
	}
	for _, k := range slices.Sorted(maps.Keys(groups)) {
		fmt.Print(k, groups[k], " ")
	}
	fmt.Println(slices.MinFunc(ps, func(a, b person) int { return strings.Compare(a.Name, b.Name) }).Name, slices.Equal([]int{1}, []int{1}))
	sc := bufio.NewScanner(strings.NewReader("one two\nthree\n"))
	sc.Split(bufio.ScanWords)
	for sc.Scan() {
		fmt.Print(sc.Text(), ";")
	}
	re := regexp.MustCompile(`(\w)(\d+)`)
	fmt.Println(re.FindAllString("a1 b22", -1), re.ReplaceAllStringFunc("a1 b22", strings.ToUpper), re.ReplaceAllString("a1", "$2$1"))
	l := list.New()
	l.PushBack(point{1, 2})
	l.PushFront("front")
	for e := l.Front(); e != nil; e = e.Next() {
		fmt.Print(e.Value, " ")
	}
	fmt.Println(l.Back().Value.(point).y)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	select {
	case <-ctx.Done():
		fmt.Println(ctx.Err(), errors.Is(ctx.Err(), context.DeadlineExceeded))
	case <-time.After(time.Minute):
		fmt.Println("late")
	}
	type ctxKey struct{ n int }
	ctx = context.WithValue(ctx, ctxKey{1}, point{3, 4})
	fmt.Println(ctx.Value(ctxKey{1}), ctx.Value(ctxKey{2}), ctx.Value(1), ctx.Value(ctxKey{1}).(point).x)
	keys := map[any]string{point{1, 2}: "point", celsius(1): "celsius", 1.0: "float", weekday(1): "day", 1: "int"}
	keys[point{1, 2}] += "!"
	_, none := keys[point{2, 1}]
	fmt.Println(len(keys), keys[point{1, 2}], keys[celsius(1)], keys[1.0], keys[weekday(1)], keys[1], none)
	for k := range keys {
		if p, ok := k.(point); ok {
			fmt.Println(p.x, k)
		}
	}
	delete(keys, point{1, 2})
	fmt.Println(len(keys))
	var n atomic.Int64
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() { n.Add(2) })
	}
	wg.Wait()
	fmt.Println(n.Load())
	var m sync.Map
	m.Store("p", point{5, 6})
	v, ok := m.Load("p")
	fmt.Println(v, ok, v.(point).x)
	pool := sync.Pool{New: func() any { return new(bytes.Buffer) }}
	buf := pool.Get().(*bytes.Buffer)
	buf.WriteString("pooled")
	fmt.Println(buf)
	var mu sync.RWMutex
	cond := sync.NewCond(&mu)
	ready := false
	go func() { mu.Lock(); ready = true; mu.Unlock(); cond.Broadcast() }()
	mu.Lock()
	for !ready {
		cond.Wait()
	}
	mu.Unlock()
	fmt.Println(base64.StdEncoding.EncodeToString([]byte("go")), hex.EncodeToString([]byte{1, 255}))
	rows, err := csv.NewReader(strings.NewReader("a,b\n\"c,d\",e\n")).ReadAll()
	fmt.Println(rows, err, len(rows[1]))
	f := new(big.Int).MulRange(1, 30)
	fmt.Println(f, f.Cmp(big.NewInt(1)), new(big.Rat).SetFrac64(2, 6))
	r := rand.New(rand.NewPCG(1, 2))
	fmt.Println(r.IntN(100), r.Float64(), r.Perm(5))
	r.Shuffle(3, func(i, j int) { ps[i], ps[j] = ps[j], ps[i] })
	fmt.Println(ps[0].Name)
	tw := tabwriter.NewWriter(os.Stdout, 0, 0, 1, '.', 0)
	fmt.Fprintln(tw, "a\tbbb\tc")
	fmt.Fprintln(tw, "aaaa\tb\tc")
	tw.Flush()
	lg := log.New(upper{os.Stdout}, "log: ", 0)
	lg.Printf("%v and %d", point{1, 2}, 3)
	dir, err := os.MkdirTemp("", "programs")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "f.txt")
	fmt.Println(os.WriteFile(path, []byte("line 1\nline 2\n"), 0o600))
	text, err := os.ReadFile(path)
	fmt.Println(len(text), err, filepath.Base(path), filepath.Ext(path))
	_, err = os.Open(filepath.Join(dir, "none"))
	var pe *os.PathError
	fmt.Println(errors.Is(err, os.ErrNotExist), errors.As(err, &pe), pe.Op)
	var c coder
	err = fmt.Errorf("wrapped: %w", &myErr{42})
	fmt.Println(errors.As(err, &c), c.Code())
	s := &server{mux: http.NewServeMux()}
	s.mux.HandleFunc("/hello", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "hello %s", r.URL.Query().Get("name")) })
	s.mux.Handle("/json", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(person{Name: "j"})
	}))
	web := httptest.NewServer(s)
	defer web.Close()
	for _, p := range []string{"/hello?name=" + url.QueryEscape("gö pher"), "/json", "/none"} {
		res, err := http.Get(web.URL + p)
		if err != nil {
			fmt.Println(err)
			continue
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		fmt.Println(res.StatusCode, strings.TrimSpace(string(body)))
	}
	fmt.Println(s.hits.Load())
	rg := newRing[point](2)
	for i := range 3 {
		rg.put(point{i, i})
	}
	fmt.Println(rg.all(), rg.next)
	a, d := set[string]{}, set[string]{}
	a.add("x")
	d.add("y")
	u := union(a, d)
	fmt.Println(len(u), u.has("x"), u.has("z"))
	fmt.Println(fold(addition{}, 1, 2, 3))
	fmt.Println(strings.IndexFunc("ab1", unicode.IsDigit), strings.TrimFunc("  x ", unicode.IsSpace), strings.EqualFold("Go", "GO"), strings.Count("cheese", "e"))
	fmt.Println(math.Round(2.5), math.Trunc(-2.7), math.Hypot(3, 4), math.MaxInt64, math.Pi, math.IsInf(math.Inf(1), 0), math.Mod(7, 3), math.Float64bits(1))
	t := time.Date(2018, time.February, 28, 23, 0, 0, 0, time.UTC).Add(2 * time.Hour)
	fmt.Println(t, t.Weekday(), t.YearDay(), t.Sub(t.AddDate(0, -1, 0)), t.Before(t.Add(1)))
	pr, pw := io.Pipe()
	go func() { fmt.Fprint(pw, "through a pipe"); pw.Close() }()
	all, _ := io.ReadAll(io.TeeReader(pr, io.Discard))
	fmt.Println(string(all))
	var sb strings.Builder
	mw := io.MultiWriter(&sb, upper{&sb})
	fmt.Fprint(mw, "ab")
	fmt.Println(sb.String())
	timer := time.AfterFunc(time.Hour, func() { fmt.Println("never") })
	fmt.Println(timer.Stop())
}
