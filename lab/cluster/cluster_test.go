package cluster

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/optim"
	"glassy/lab/rng"
)

var square = NewTask("square", func(_ context.Context, x float64) (float64, error) {
	switch {
	case x < 0:
		return 0, fmt.Errorf("%v is negative", x)
	case x == 1e3:
		panic("a thousand")
	}
	return x * x, nil
})

func local(t *testing.T, workers int, o Options, tasks ...Work) *Cluster {
	t.Helper()
	c, err := Local(t.Context(), workers, o, tasks...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// Results come in the order of the inputs, failures beside them.
func TestMap(t *testing.T) {
	c := local(t, 3, Options{}, square)
	in := make([]float64, 200)
	for i := range in {
		in[i] = float64(i) / 8
	}
	in[7], in[11] = -1, 1e3
	m := Map(t.Context(), c, square, in)
	if m.Err != nil {
		t.Fatal(m.Err)
	}
	if m.Done != 198 {
		t.Errorf("%d done, expected 198", m.Done)
	}
	for i, x := range in {
		var failed *TaskError
		switch {
		case i == 7 || i == 11:
			want := map[int]string{7: "-1 is negative", 11: "panic: a thousand"}[i]
			if !errors.As(m.Errors[i], &failed) || failed.Index != i || !strings.HasPrefix(failed.Reason, want) {
				t.Errorf("error of %d: %v, expected %q", i, m.Errors[i], want)
			}
		case m.Errors[i] != nil || m.Values[i] != x*x:
			t.Errorf("value %d is %v (%v), expected %v", i, m.Values[i], m.Errors[i], x*x)
		}
	}
	s, err := c.Status(t.Context())
	if err != nil || s.Waiting != 0 || s.Working != 0 {
		t.Errorf("after it: %v, %v, expected nothing waiting", s, err)
	}
}

// What is larger than a message travels all the same.
func TestLarge(t *testing.T) {
	reverse := NewTask("reverse", func(_ context.Context, x []float64) ([]float64, error) {
		slices.Reverse(x)
		return x, nil
	})
	c := local(t, 1, Options{}, reverse)
	x := make([]float64, 300_000)
	rng.Key(1).Stream().Normals(x)
	m := Map(t.Context(), c, reverse, [][]float64{x, x[:2]})
	if m.Err != nil || m.Done != 2 {
		t.Fatal(m)
	}
	slices.Reverse(m.Values[0])
	if !slices.Equal(m.Values[0], x) {
		t.Error("other numbers came back")
	}
}

// A run that has ended leaves nothing with the server.
func TestLeavesNothing(t *testing.T) {
	c := local(t, 1, Options{}, square)
	for range 5 {
		if m := Map(t.Context(), c, square, []float64{3}); m.Err != nil {
			t.Fatal(m.Err)
		}
	}
	s, err := c.js.Stream(t.Context(), doneStream)
	if err != nil {
		t.Fatal(err)
	}
	info, err := s.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if info.State.Consumers != 0 || info.State.Msgs != 0 {
		t.Errorf("%d readers and %d results are left", info.State.Consumers, info.State.Msgs)
	}
}

// A run that is stopped keeps what is done, and its workers are told.
func TestStop(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var told atomic.Bool
	slow := NewTask("slow", func(task context.Context, i int) (int, error) {
		if i < 5 {
			return i + 100, nil
		}
		cancel()
		<-task.Done()
		told.Store(true)
		return 0, task.Err()
	})
	c := local(t, 1, Options{}, slow)
	m := Map(ctx, c, slow, []int{0, 1, 2, 3, 4, 5, 6, 7})
	if !errors.Is(m.Err, context.Canceled) {
		t.Errorf("it ended with %v", m.Err)
	}
	for i, err := range m.Errors {
		if err == nil && m.Values[i] != i+100 {
			t.Errorf("value %d is %d", i, m.Values[i])
		}
	}
	if !errors.Is(m.Errors[7], ErrNotDone) {
		t.Errorf("the last: %v, expected %v", m.Errors[7], ErrNotDone)
	}
	for end := time.Now().Add(10 * time.Second); !told.Load(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the worker still works at a run that was stopped")
		}
	}
}

// Work for one version is not given to another, and who gives it is told.
func TestVersion(t *testing.T) {
	o := Options{Version: "2", Lost: 200 * time.Millisecond}
	c := local(t, 0, o, square)
	o.Version = "1"
	o.Token = c.Token()
	old, err := Connect(t.Context(), c.Address(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- old.Work(ctx, Worker{}, square) }()
	joined(t, c, true)
	m := Map(t.Context(), c, square, []float64{1})
	if m.Err == nil || !strings.Contains(m.Err.Error(), `no worker of version "2"`) || !strings.Contains(m.Err.Error(), `version "1"`) {
		t.Errorf("%v, expected to be told of both versions", m.Err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	// Whoever comes while there is work for others only is refused.
	q, err := c.start(t.Context(), "square")
	if err != nil {
		t.Fatal(err)
	}
	defer q.end()
	joined(t, c, false)
	if err := old.Work(t.Context(), Worker{}, square); err == nil || !strings.Contains(err.Error(), "install the same") {
		t.Errorf("joined with another version: %v", err)
	}
}

// joined waits until the table of members has a worker, or who gives work.
func joined(t *testing.T, c *Cluster, worker bool) {
	t.Helper()
	for {
		members, err := c.Members(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(members, func(m Member) bool { return m.Worker == worker }) {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// Without its token nobody joins.
func TestToken(t *testing.T) {
	c := local(t, 0, Options{})
	_, err := Connect(t.Context(), c.Address(), Options{Token: "guess"})
	if err == nil || strings.Contains(err.Error(), "guess") || strings.Contains(c.String(), c.Token()) {
		t.Errorf("with another token: %v", err)
	}
	_, err = Connect(t.Context(), "nats://me:secret@127.0.0.1:1", Options{})
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("no server: %v", err)
	}
}

// bowls is f_k(x) = ½ a_k|x - c_k|² + ε Σ cos 3x_i, N data in d dimensions.
type bowls struct {
	a []float64
	c [][]float64
}

func newBowls(seed uint64, N, d int) *bowls {
	s := rng.Key(seed).Stream()
	f := &bowls{}
	for range N {
		c := make([]float64, d)
		s.Normals(c)
		f.a, f.c = append(f.a, 0.5+s.Float64()), append(f.c, c)
	}
	return f
}

func (f *bowls) Dim() int                      { return len(f.c[0]) }
func (f *bowls) Samples() int                  { return len(f.c) }
func (f *bowls) New() device.Vector            { return device.CPU().New(device.Float64, f.Dim()) }
func (f *bowls) Copy() landscape.Landscape     { return f }
func (f *bowls) Value(x device.Vector) float64 { return f.Gradient(x, f.New()) }
func (f *bowls) Gradient(x, g device.Vector) float64 {
	all := make([]int, len(f.c))
	for k := range all {
		all[k] = k
	}
	return f.BatchGradient(x, landscape.Batch{Index: all}, g)
}

func (f *bowls) BatchGradient(x device.Vector, b landscape.Batch, g device.Vector) float64 {
	X, G := device.Host[float64](x), device.Host[float64](g)
	clear(G)
	loss, w := 0.0, 1/float64(len(b.Index))
	for _, k := range b.Index {
		for i, c := range f.c[k] {
			s, o := math.Sincos(3 * X[i])
			loss += w * (0.5*f.a[k]*(X[i]-c)*(X[i]-c) + 0.3*o)
			G[i] += w * (f.a[k]*(X[i]-c) - 0.9*s)
		}
	}
	return loss
}

// spec says which bowls, and which method.
type spec struct {
	Method   string
	Replicas int
	Updates  int
	Split    bool
}

func build(_ context.Context, s spec) (Problem, error) {
	f := newBowls(5, 12, 40)
	m, err := optim.Named(s.Method)
	if err != nil {
		return Problem{}, err
	}
	m.Replicas = s.Replicas
	m.Inner.Rate, m.CouplingRate = optim.Constant(0.05), optim.Constant(0.02)
	x := f.New()
	x.Device().Normal(3, 0, 0, 1, x)
	o := optim.Options{Steps: s.Updates * max(1, m.Steps), Batch: 4, Seed: 2}
	if s.Split {
		o.Subsets = optim.SplitData(1, f.Samples(), s.Replicas, 0.5)
	}
	o.Evaluate = func(x device.Vector) (loss, err float64) {
		v := f.Value(x)
		return v, v
	}
	return Problem{f, x, m, o}, nil
}

var training = NewTraining("bowls", build)

// Replicas on any number of workers end at the bits of one process.
func TestTrainIsRun(t *testing.T) {
	c := local(t, 2, Options{}, training)
	for _, s := range []spec{{"parle", 3, 6, false}, {"elastic-sgd", 3, 20, true}, {"entropy-sgd", 1, 4, false}, {"nesterov", 2, 8, false}} {
		p, err := build(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		whole := optim.Run(t.Context(), p.Landscape, p.Start, p.Method, p.Options)
		for _, compressed := range []bool{false, true} {
			got, err := Train(t.Context(), c, training, s, TrainOptions{Compressed: compressed})
			if err != nil {
				t.Fatal(s, err)
			}
			if !slices.Equal(device.Host[float64](got.Weights), device.Host[float64](whole.Weights)) {
				t.Errorf("%s: other weights than in one process", s.Method)
			}
			a, b := got.History.Evaluated, whole.History.Evaluated
			if !slices.Equal(a.Passes, b.Passes) || !slices.Equal(a.Error, b.Error) || got.Passes != whole.Passes || got.Status != optim.Finished {
				t.Errorf("%s: evaluated %v at %v, in one process %v at %v", s.Method, a.Error, a.Passes, b.Error, b.Passes)
			}
			if got.Traffic.Bytes == 0 {
				t.Errorf("%s: no bytes exchanged", s.Method)
			}
		}
	}
}

// What crosses the network is the weights of each replica and the master's, each
// round, and the momenta at checkpoints; whatever they are apart, the bits are the
// same.
func TestTraffic(t *testing.T) {
	s := spec{"parle", 3, 9, false}
	p, err := build(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	whole := optim.Run(t.Context(), p.Landscape, p.Start, p.Method, p.Options)
	rest := len(optim.NewPart(p.Landscape, p.Start, p.Method, p.Options, 0).State()) - 1
	d := p.Landscape.Dim()
	for _, workers := range []int{1, 3} {
		c := local(t, workers, Options{}, training)
		for every, states := range map[int]int{1: 27, 4: 6, 100: 0} {
			got, err := Train(t.Context(), c, training, s, TrainOptions{Checkpoint: every})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(device.Host[float64](got.Weights), device.Host[float64](whole.Weights)) {
				t.Errorf("%d workers, a checkpoint every %d: other weights than in one process", workers, every)
			}
			up, down := 27+rest*states, 9 // one worker needs an anchor once for all its replicas
			if want := int64(8 * d * (up + down)); workers == 1 && (got.Traffic.Bytes != want || got.Traffic.Again != 0) {
				t.Errorf("a checkpoint every %d: %d bytes, %d rounds again, expected %d and none", every, got.Traffic.Bytes, got.Traffic.Again, want)
			}
			t.Logf("%d workers, a checkpoint every %d: %v, %d rounds again", workers, every, got, got.Traffic.Again)
		}
	}
}

// Asynchronous replicas end near where synchronous ones do.
func TestAsynchronous(t *testing.T) {
	c := local(t, 2, Options{}, training)
	s := spec{"elastic-sgd", 3, 60, false}
	together, err := Train(t.Context(), c, training, s, TrainOptions{})
	if err != nil {
		t.Fatal(err)
	}
	alone, err := Train(t.Context(), c, training, s, TrainOptions{Asynchronous: true})
	if err != nil {
		t.Fatal(err)
	}
	last := func(r *Trained) float64 { return r.History.Evaluated.Loss[len(r.History.Evaluated.Loss)-1] }
	first := together.History.Evaluated.Loss[0]
	if a, b := last(together), last(alone); math.Abs(a-b) > 0.05*(first-a) {
		t.Errorf("loss %v, synchronous %v, at first %v", b, a, first)
	}
}
