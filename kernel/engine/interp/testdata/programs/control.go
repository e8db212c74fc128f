package programs

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// Control is loops, switches, labels, deferred calls, panics and iterators.
func Control() {
	var fs []func() int
	for i := 0; i < 3; i++ {
		fs = append(fs, func() int { i *= 10; return i })
	}
	for i := range 3 {
		fs = append(fs, func() int { i++; return i })
	}
	for _, f := range fs {
		fmt.Print(f(), f(), " ")
	}
	for i := 0; i < 6; i++ {
		defer func() { fmt.Print(i, ";") }()
		i++
	}
outer:
	for i := range 4 {
		for j := 0; ; j++ {
			switch {
			case j == 3:
				continue outer
			case i == 2:
				break outer
			case i == j:
				break
			default:
				fmt.Print(i, j, " ")
			}
		}
	}
	fmt.Println()
	i := 0
again:
	if i < 3 {
		fmt.Print("goto", i, " ")
		i++
		goto again
	}
	switch x := i * 2; {
	case x > 5:
		fmt.Print("big ")
		fallthrough
	case x > 100:
		fmt.Print("fallen ")
	case x > 1:
		fmt.Print("no ")
	default:
		fmt.Print("default ")
	}
	switch i {
	default:
		fmt.Print("d ")
		fallthrough
	case 100:
		fmt.Print("hundred ")
	case 200:
	}
	var r any = i
	switch v := r.(type) {
	case nil:
		fmt.Println("nil")
	case string, int:
		fmt.Printf("%T %v\n", v, v)
	case fmt.Stringer:
		fmt.Println(v.String())
	}
	kinds(1, "s", 2.5, nil, point{1, 2}, &point{3, 4}, celsius(3), []int{1}, errors.New("e"), fmt.Errorf("w: %w", errors.New("i")), map[string]int{}, func() {}, struct{}{}, flag(2), uint8(2), red)

	fmt.Println(recovered(func() { panic("told") }))
	fmt.Println(recovered(func() { var m map[string]int; m["a"] = 1 }))
	fmt.Println(recovered(func() { var p *point; p.x = 1 }))
	fmt.Println(recovered(func() { a := []int{1}; k := 5; a[k]++ }))
	fmt.Println(recovered(func() { a := []int{1}; k := -1; _ = a[k] }))
	fmt.Println(recovered(func() { a := [3]int{}; k := 3; a[k] = 1 }))
	fmt.Println(recovered(func() { a := []int{1}; k := 5; _ = a[1:k] }))
	fmt.Println(recovered(func() { a := []int{1}; k := 5; _ = a[k:] }))
	fmt.Println(recovered(func() { a := []int{1}; k, j := 1, 0; _ = a[k:j] }))
	fmt.Println(recovered(func() { a := "abc"; k := 5; _ = a[k] }))
	fmt.Println(recovered(func() { a := "abc"; k := 5; _ = a[:k] }))
	fmt.Println(recovered(func() { a, k := 1, 0; _ = a / k }))
	fmt.Println(recovered(func() { a, k := uint8(1), uint8(0); _ = a % k }))
	fmt.Println(recovered(func() { var a any = "s"; _ = a.(int) }))
	fmt.Println(recovered(func() { var a any; _ = a.(int) }))
	fmt.Println(recovered(func() { var a any = point{}; _ = a.(fmt.Stringer) }))
	fmt.Println(recovered(func() { var a any = celsius(1); _ = a.(point) }))
	fmt.Println(recovered(func() { var f func(); f() }))
	fmt.Println(recovered(func() { var e error; _ = e.Error() }))
	fmt.Println(recovered(func() { n := -1; _ = make([]int, n) }))
	fmt.Println(recovered(func() { var c chan int; close(c) }))
	fmt.Println(recovered(func() { c := make(chan int); close(c); close(c) }))
	fmt.Println(recovered(func() { c := make(chan int, 1); close(c); c <- 1 }))
	fmt.Println(recovered(func() { m := map[any]int{}; m[[]int{1}] = 2 }))
	fmt.Println(recovered(func() { var a, b any = []int{1}, []int{1}; _ = a == b }))
	fmt.Println(recovered(func() { n := -1; _ = 1 << n }))
	fmt.Println(recovered(func() { _ = [2]int([]int{1}) }))
	fmt.Println(recovered(func() { panic(fmt.Errorf("error %d", 7)) }))
	fmt.Println(recovered(func() { panic(point{1, 2}) }))
	fmt.Println(recovered(func() { defer func() { panic("second") }(); panic("first") }))
	fmt.Println(recovered(func() { defer func() { recover(); panic("third") }(); panic("first") }))
	fmt.Println(recovered(func() { defer recover(); panic("not by a direct defer") }))
	fmt.Println(recovered(func() { defer func() { func() { recover() }() }(); panic("too deep") }))
	fmt.Println(recovered(func() { strings.Repeat("x", -1) }))
	fmt.Println(twice())
	func() {
		for i := range 3 {
			defer fmt.Print("deferred ", i, " ")
		}
		v := point{1, 2}
		defer fmt.Println(v)
		defer v.scale(3)
		v.x = 50
		defer v.add(point{})
	}()

	for v := range upTo(10) {
		if v == 2 {
			continue
		}
		if v > 4 {
			break
		}
		fmt.Print(v, " ")
	}
	fmt.Println(find(upTo(20), 7))
	fmt.Println(find(upTo(3), 7))
rows:
	for a, b := range pairs(4) {
		for c := range upTo(3) {
			if c == b {
				continue rows
			}
			if a == 3 {
				break rows
			}
			fmt.Print(a, b, c, " ")
		}
	}
	for range upTo(2) {
		defer fmt.Print("from an iterator ")
	}
	fmt.Println(slices.Collect(upTo(4)), slices.Sorted(maps.Keys(map[string]int{"b": 1, "a": 2})))
	for i, v := range slices.Backward([]string{"x", "y"}) {
		fmt.Print(i, v, " ")
	}
	for s := range strings.SplitSeq("a,b,c", ",") {
		fmt.Print(s, ".")
	}
	fmt.Println(slices.Collect(mapped(upTo(4), func(i int) string { return strings.Repeat("z", i) })))
	fmt.Println(recovered(func() {
		for v := range upTo(3) {
			if v == 1 {
				panic("in a body")
			}
		}
	}))
}

func kinds(xs ...any) {
	for _, x := range xs {
		switch v := x.(type) {
		case nil:
			fmt.Print("nil ")
		case int, uint8:
			fmt.Print("number ", v, " ")
		case flag:
			fmt.Print("flag ", v+1, " ")
		case float64:
			fmt.Print("float ", v/2, " ")
		case point:
			fmt.Print("point ", v.x, " ")
		case *point:
			fmt.Print("pointer ", v.y, " ")
		case error:
			fmt.Print("error ", v, " ")
		case fmt.Stringer:
			fmt.Print("stringer ", v, " ")
		case []int:
			fmt.Print("slice ", len(v), " ")
		case func():
			fmt.Print("func ")
		case struct{}:
			fmt.Print("empty ")
		default:
			fmt.Printf("other %T ", v)
		}
	}
	fmt.Println()
}

func recovered(f func()) (said string) {
	defer func() {
		x := recover()
		if e, ok := x.(error); ok {
			said = "error: " + e.Error()
			return
		}
		said = fmt.Sprint("value: ", x)
	}()
	f()
	return "nothing"
}

func twice() (n int, err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("twice: %v", x)
		}
	}()
	defer func() { n *= 2 }()
	n = 21
	panic("done")
}

func upTo(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		defer fmt.Print("<end> ")
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func pairs(n int) iter.Seq2[int, int] {
	return func(yield func(a, b int) bool) {
		for i := range n {
			if !yield(i, n-i) {
				return
			}
		}
	}
}

func find(s iter.Seq[int], want int) (at int, ok bool) {
	for v := range s {
		if v == want {
			return at, true
		}
		at++
	}
	return -1, false
}

func mapped[A, B any](s iter.Seq[A], f func(A) B) iter.Seq[B] {
	return func(yield func(B) bool) {
		s(func(a A) bool { return yield(f(a)) })
	}
}
