package cluster

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"gonum.org/v1/gonum/floats"

	"glassy/lab/device"
	"glassy/lab/landscape"
	"glassy/lab/optim"
	"glassy/lab/run"
)

// A Problem is what every process of a training holds a copy of. Evaluate, of the
// options, is called where Train was.
type Problem struct {
	Landscape landscape.Landscape
	Start     device.Vector
	Method    optim.Method
	Options   optim.Options
}

// A Training is a problem with a name, which every worker can build from a few
// words: the name of a network, a seed.
type Training[Spec any] struct {
	name  string
	build func(context.Context, Spec) (Problem, error)
}

// NewTraining names a problem. All processes give the name to the same function,
// whose result depends on its input alone.
func NewTraining[Spec any](name string, build func(context.Context, Spec) (Problem, error)) *Training[Spec] {
	return &Training[Spec]{name, build}
}

// Name is what the training is called.
func (t *Training[Spec]) Name() string { return t.name }

// TrainOptions say how replicas meet.
type TrainOptions struct {
	// Asynchronous: the master moves towards a replica as soon as its round is
	// over, an n-th of the way, and the replica goes on without waiting for the
	// others. The result depends on who was faster.
	Asynchronous bool
	Compressed   bool // vectors are compressed, without loss: for slow networks

	// Checkpoint is how many rounds lie between two times that a replica's whole
	// state, momenta too, crosses the network; 0 is 10. Whoever takes over a dead
	// worker's replica makes the rounds since then again, from their anchors, which
	// this process keeps: memory for so many vectors, and for the states.
	Checkpoint int
}

// A Trained is what Train has found.
type Trained struct {
	*optim.Result
	Traffic Traffic
}

// Traffic is what it costs that replicas meet.
type Traffic struct {
	Bytes   int64   // of weights and states, sent and received by the workers: 2nd numbers a round, and momenta at checkpoints
	Again   int     // rounds that were made again, by another worker
	Seconds float64 // that workers have spent on that, together
	Share   float64 // of all their time
}

// String is one line.
func (t *Trained) String() string {
	return fmt.Sprintf("%v; %.3g MB exchanged, %.3g %% of the workers' time", t.Result, float64(t.Traffic.Bytes)/1e6, 100*t.Traffic.Share)
}

// round is the task of one round of one replica.
type round[Spec any] struct {
	Spec       Spec
	Run        string
	Index      int // of the task
	Replica    int
	Round      int
	Anchors    []string // the names of the master's weights of rounds From, From+1, …, Round; "": nothing couples the replicas
	From       int      // the last round that the replica's whole state is known before,
	State      int      // from the task with that index
	Keep       bool     // the whole state is asked for after the round
	Compressed bool
}

// moved is what it has come to, beside the weights and the rest of the state.
type moved struct {
	Loss          float64
	Bytes         int64
	Again         int
	Sync, Seconds float64 // on transfers, and in all
}

// The names of what is transferred, beside an anchor's.
const weights, rest = "weights", "rest"

func partOf(run string, replica int) string { return run + "/" + strconv.Itoa(replica) }

// A parts holds the replicas that a worker has last moved, of one run.
type parts struct {
	run     string
	problem Problem
	of      map[int]*part
	anchor  device.Vector
	name    string // of the anchor
}

type part struct {
	*optim.Part
	next int // round
}

func (t *Training[Spec]) call(ctx context.Context, w *worker, in []byte) ([]byte, error) {
	var r round[Spec]
	if err := decode(in, &r); err != nil {
		return nil, err
	}
	out, err := recovered(ctx, func(ctx context.Context, r round[Spec]) (moved, error) { return t.move(ctx, w, r) }, r)
	if err != nil {
		return nil, err
	}
	return encode(out)
}

// move is the round.
func (t *Training[Spec]) move(ctx context.Context, w *worker, r round[Spec]) (out moved, err error) {
	begun := time.Now()
	s := &w.parts
	if s.run != r.Run || s.of == nil {
		p, err := t.build(ctx, r.Spec)
		if err != nil {
			return out, err
		}
		s.run, s.problem, s.of, s.name = r.Run, p, map[int]*part{}, ""
		s.anchor = p.Start.New()
		w.forget()
	}
	if r.Replica < 0 || r.Replica >= max(1, s.problem.Method.Replicas) || r.From < 0 || len(r.Anchors) == 0 || r.Round-r.From != len(r.Anchors)-1 {
		return out, fmt.Errorf("rounds %d to %d, with %d anchors, of replica %d of %d", r.From, r.Round, len(r.Anchors), r.Replica, s.problem.Method.Replicas)
	}
	sync := time.Now()
	p := s.of[r.Replica]
	if p == nil || p.next < r.From || p.next > r.Round {
		if p, err = t.resume(ctx, w, r, &out); err != nil {
			return out, err
		}
	}
	delete(s.of, r.Replica) // until it is whole again
	for ; p.next <= r.Round; p.next++ {
		if name := r.Anchors[p.next-r.From]; name != s.name {
			s.name = ""
			if err := w.receive(ctx, r.Run, name, r.Compressed, &out.Bytes, s.anchor); err != nil {
				return out, err
			}
			s.name = name
		}
		out.Sync += time.Since(sync).Seconds()
		_, out.Loss = p.Round(p.next, s.anchor)
		if ctx.Err() != nil {
			return out, context.Cause(ctx)
		}
		sync = time.Now()
		if p.next < r.Round {
			out.Again++
		}
	}
	state := p.State()
	if err := w.transmit(ctx, r.Run, bodyOf(r.Index, weights), r.Compressed, &out.Bytes, state[0]); err != nil {
		return out, err
	}
	if r.Keep && len(state) > 1 {
		if err := w.transmit(ctx, r.Run, bodyOf(r.Index, rest), r.Compressed, &out.Bytes, state[1:]...); err != nil {
			return out, err
		}
	}
	out.Sync += time.Since(sync).Seconds()
	s.of[r.Replica] = p
	w.keeps(partOf(r.Run, r.Replica))
	maps.DeleteFunc(s.of, func(a int, _ *part) bool { return !w.still(partOf(r.Run, a)) }) // others have them
	out.Seconds = time.Since(begun).Seconds()
	return out, nil
}

// resume makes the replica as it stood before round From.
func (t *Training[Spec]) resume(ctx context.Context, w *worker, r round[Spec], out *moved) (*part, error) {
	b := &w.parts.problem
	p := &part{optim.NewPart(b.Landscape.Copy(), b.Start, b.Method, b.Options, r.Replica), r.From}
	if r.From == 0 {
		return p, nil
	}
	state := p.State()
	if err := w.receive(ctx, r.Run, bodyOf(r.State, weights), r.Compressed, &out.Bytes, state[0]); err != nil {
		return nil, err
	}
	if len(state) > 1 {
		if err := w.receive(ctx, r.Run, bodyOf(r.State, rest), r.Compressed, &out.Bytes, state[1:]...); err != nil {
			return nil, err
		}
	}
	p.Restore(r.From)
	return p, nil
}

// transmit delivers vectors of one type as one body, and counts its bytes.
func (w *worker) transmit(ctx context.Context, run, name string, compressed bool, bytes *int64, vs ...device.Vector) error {
	b := pack(compressed, vs...)
	*bytes += int64(len(b))
	return w.c.deliver(ctx, run, name, b)
}

// receive fetches what transmit has sent, or an anchor.
func (w *worker) receive(ctx context.Context, run, name string, compressed bool, bytes *int64, vs ...device.Vector) error {
	var into []byte
	if len(vs) == 1 && !compressed && vs[0].OnHost() {
		into = memory(vs[0])
	}
	b, err := w.c.fetch(ctx, run, name, into)
	if err != nil {
		return err
	}
	*bytes += int64(len(b))
	return unpack(b, compressed, vs...)
}

// Train runs the training with its replicas on the workers: with one method's
// parameters Elastic-SGD, with others Parle. What a method's replicas share, its
// master, is here, and is evaluated here. Without Asynchronous the result has the
// bits of [optim.Run] in one process, on devices of one kind.
func Train[Spec any](ctx context.Context, c *Cluster, t *Training[Spec], spec Spec, o TrainOptions) (*Trained, error) {
	p, err := t.build(ctx, spec)
	if err != nil {
		return nil, err
	}
	q, err := c.start(ctx, t.name)
	if err != nil {
		return nil, err
	}
	defer q.end()
	if o.Checkpoint == 0 {
		o.Checkpoint = 10
	}
	if o.Checkpoint < 0 {
		panic(fmt.Sprintf("cluster: Train: Checkpoint is %d, expected at least 1, or 0 for 10", o.Checkpoint))
	}
	h := &hub[Spec]{c: c, q: q, t: t, spec: spec, o: o, p: p, n: max(1, p.Method.Replicas)}
	h.master = optim.NewMaster(p.Landscape, p.Start, p.Method, p.Options)
	if o.Asynchronous && p.Method.Coupling == nil {
		return nil, fmt.Errorf("cluster: %s: asynchronous without a coupling, expected a method with a master, such as Elastic-SGD or Parle", t.name)
	}
	return h.train(ctx)
}

// hub is Train at work.
type hub[Spec any] struct {
	c      *Cluster
	q      *queue
	t      *Training[Spec]
	spec   Spec
	o      TrainOptions
	p      Problem
	n      int
	master *optim.Master

	old, x  []device.Vector // of the replicas, before and after the round
	at      []progress      // of the replicas
	anchors map[string]bool // on offer
	puts    int             // that were
	workers int             // that were there
	counted time.Time       // then
	begun   time.Time
	history optim.History
	best    device.Vector
	lowest  float64
	due     int
	traffic Traffic
	seconds float64
}

func (h *hub[Spec]) train(ctx context.Context) (*Trained, error) {
	h.begun, h.lowest = time.Now(), math.Inf(1)
	h.at, h.anchors = make([]progress, h.n), map[string]bool{}
	for a := range h.n {
		x := h.p.Start
		if h.p.Options.Starts != nil {
			x = h.p.Options.Starts[a]
		}
		h.old, h.x = append(h.old, x.Clone()), append(h.x, x.Clone())
	}
	name := h.p.Options.Name
	if name == "" {
		name = h.p.Method.Name
	}
	rounds := h.master.Rounds()
	loop := run.Start(ctx, name, rounds*h.n)
	defer loop.End()
	way := h.together
	if h.o.Asynchronous {
		way = h.eachForItself
	}
	done, err := way(ctx, rounds, loop)
	status := optim.Finished
	switch {
	case errors.Is(err, errDiverged):
		status, err = optim.Diverged, nil
	case ctx.Err() != nil:
		status, err = optim.Stopped, nil
	case err != nil:
		return nil, err
	}
	if status == optim.Finished {
		h.evaluate(done, true)
	}
	if h.seconds > 0 {
		h.traffic.Share = h.traffic.Seconds / h.seconds
	}
	L := max(1, h.p.Method.Steps)
	return &Trained{&optim.Result{
		Method: h.p.Method.Name, Status: status, Weights: h.master.Weights().Clone(), Best: h.best,
		Steps: done * L, Updates: done, Passes: h.master.Passes(done), History: h.history,
	}, h.traffic}, nil
}

var errDiverged = errors.New("diverged")

// together goes round by round: the update waits for all replicas.
func (h *hub[Spec]) together(ctx context.Context, rounds int, loop *run.Loop) (done int, err error) {
	for k := range rounds {
		anchor := h.anchor()
		for a := range h.n {
			if err := h.ask(ctx, a, k, anchor); err != nil {
				return k, err
			}
		}
		losses := make([]float64, h.n)
		for range h.n { // in any order
			a, m, err := h.next(ctx, k)
			if err != nil {
				return k, err
			}
			losses[a] = m.Loss / float64(h.n)
			loop.Add(1)
		}
		loss := floats.Sum(losses)
		if math.IsNaN(loss) || math.IsInf(loss, 0) {
			return k, errDiverged
		}
		h.master.Update(k, h.old, h.x)
		h.old, h.x = h.x, h.old
		h.record(k+1, loss)
		h.evaluate(k+1, false)
	}
	return rounds, nil
}

// eachForItself lets the master meet each replica when it comes.
func (h *hub[Spec]) eachForItself(ctx context.Context, rounds int, loop *run.Loop) (done int, err error) {
	ks := make([]int, h.n)
	for a := range h.n {
		if err := h.ask(ctx, a, 0, h.anchor()); err != nil {
			return 0, err
		}
	}
	for met := range rounds * h.n {
		done = met / h.n
		a, m, err := h.next(ctx, -1)
		if err != nil {
			return done, err
		}
		if math.IsNaN(m.Loss) || math.IsInf(m.Loss, 0) {
			return done, errDiverged
		}
		h.master.Meet(ks[a], h.x[a])
		loop.Add(1)
		h.record(done+1, m.Loss)
		h.evaluate(done, false)
		if ks[a]++; ks[a] < rounds {
			if err := h.ask(ctx, a, ks[a], h.anchor()); err != nil {
				return done, err
			}
		}
	}
	return rounds, nil
}

// progress is what a replica can be made again from, wherever it was.
type progress struct {
	from    int      // the whole state before that round is on offer,
	state   int      // as the task with that index has delivered it;
	anchors []string // and the anchors of that round and those since
	holder  string   // who has done the last
}

// anchor offers the master's weights under a new name.
func (h *hub[Spec]) anchor() string {
	if h.p.Method.Coupling == nil {
		return ""
	}
	name := fmt.Sprintf("master/%d", h.puts)
	h.puts++
	h.q.desk.offer(name, slices.Clone(pack(h.o.Compressed, h.master.Anchor())))
	h.anchors[name] = true
	return name
}

// ask puts the task of a round. Its index is the round and the replica.
func (h *hub[Spec]) ask(ctx context.Context, a, k int, anchor string) error {
	at, index := &h.at[a], k*h.n+a
	at.anchors = append(at.anchors, anchor)
	b, err := encode(round[Spec]{
		Spec: h.spec, Run: h.q.run, Index: index, Replica: a, Round: k, Anchors: at.anchors,
		From: at.from, State: at.state, Keep: h.keep(a, k), Compressed: h.o.Compressed,
	})
	if err != nil {
		return err
	}
	if !h.o.Compressed && h.x[a].OnHost() {
		h.q.desk.expect(bodyOf(index, weights), memory(h.x[a]))
	}
	with := nats.Header{}
	with.Set(partHeader, partOf(h.q.run, a))
	with.Set(holderHeader, at.holder)
	with.Set(shareHeader, strconv.Itoa(h.share(ctx)))
	return h.q.put(ctx, index, b, with)
}

// share is how many replicas a worker should have. Where none has said yet that it
// is there, the first may have them all.
func (h *hub[Spec]) share(ctx context.Context) int {
	if time.Since(h.counted) > time.Second {
		h.counted = time.Now()
		n, _ := h.q.workers(ctx) // none where the server does not answer
		h.workers = max(1, n)
	}
	return (h.n + h.workers - 1) / h.workers
}

// next is the next replica that has done its round: round k, or any where k < 0.
// Its weights are then in x.
func (h *hub[Spec]) next(ctx context.Context, k int) (a int, m moved, err error) {
	r, err := h.q.next(ctx)
	if err == nil {
		err = r.err
	}
	if err == nil {
		err = decode(r.body, &m)
	}
	if err == nil && k >= 0 && r.index/h.n != k {
		err = fmt.Errorf("cluster: %s: a result of round %d in round %d", h.t.name, r.index/h.n, k)
	}
	if err != nil {
		return 0, m, err
	}
	a = r.index % h.n
	h.at[a].holder = r.member
	x, err := h.q.desk.collect(bodyOf(r.index, weights))
	if err == nil {
		err = unpack(x, h.o.Compressed, h.x[a])
	}
	if err != nil {
		return a, m, err
	}
	if h.keep(a, r.index/h.n) {
		h.kept(a, r.index)
	}
	h.traffic.Bytes += m.Bytes
	h.traffic.Again += m.Again
	h.traffic.Seconds += m.Sync
	h.seconds += m.Seconds
	return a, m, nil
}

// keep says whether the whole state of the replica is asked for after round k: of
// one replica after another, so that they do not cross all at once.
func (h *hub[Spec]) keep(a, k int) bool { return (k+1+a)%h.o.Checkpoint == 0 }

// kept offers the state that a task has delivered, in place of the one before and
// of the anchors that only that one needed.
func (h *hub[Spec]) kept(a, index int) {
	at := &h.at[a]
	if at.from > 0 {
		h.q.desk.withdraw(bodyOf(at.state, weights), bodyOf(at.state, rest))
	}
	at.from, at.state, at.anchors = index/h.n+1, index, nil
	h.q.desk.offer(bodyOf(index, weights), slices.Clone(pack(h.o.Compressed, h.x[a])))
	if r, err := h.q.desk.collect(bodyOf(index, rest)); err == nil { // some methods have no more than weights
		h.q.desk.offer(bodyOf(index, rest), r)
	}
	needed := map[string]bool{}
	for _, at := range h.at {
		for _, name := range at.anchors {
			needed[name] = true
		}
	}
	for name := range h.anchors {
		if !needed[name] {
			h.q.desk.withdraw(name)
			delete(h.anchors, name)
		}
	}
}

func (h *hub[Spec]) record(k int, loss float64) {
	h.history.Passes = append(h.history.Passes, h.master.Passes(k))
	h.history.Seconds = append(h.history.Seconds, time.Since(h.begun).Seconds())
	h.history.Loss = append(h.history.Loss, loss)
}

// evaluate asks for the loss and the error of the master, when it is time.
func (h *hub[Spec]) evaluate(k int, last bool) {
	o := &h.p.Options
	if o.Evaluate == nil {
		return
	}
	e := &h.history.Evaluated
	passes := h.master.Passes(k)
	if last {
		if n := len(e.Passes); n > 0 && e.Passes[n-1] == passes {
			return
		}
	} else if n := h.master.Evaluations(k); n > h.due {
		h.due = n
	} else {
		return
	}
	x := h.master.Weights()
	if s, ok := h.p.Landscape.(landscape.Stateful); ok {
		s.Refresh(x)
	}
	loss, err := o.Evaluate(x)
	e.Passes = append(e.Passes, passes)
	e.Seconds = append(e.Seconds, time.Since(h.begun).Seconds())
	e.Loss = append(e.Loss, loss)
	e.Error = append(e.Error, err)
	if err < h.lowest {
		h.lowest, h.best = err, x.Clone()
	}
}
