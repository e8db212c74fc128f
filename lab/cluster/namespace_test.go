//go:build linux

package cluster

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"glassy/lab/device"
	"glassy/lab/optim"
)

// A worker on a machine of its own, as far as the network goes: a network namespace
// behind a virtual cable. The cable is cut in the middle of a training and mended:
// its replicas go on elsewhere, the bits are those of one process, and the worker
// is there again.
func TestNetworkNamespace(t *testing.T) {
	space, here := fmt.Sprint("glassy", os.Getpid()), fmt.Sprint("gl", os.Getpid())
	net4 := fmt.Sprintf("169.254.%d.", 1+os.Getpid()%254) // of no other network: RFC 3927
	near := net4 + "1"
	ip := func(args string) error {
		out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("ip %s: %w: %s", args, err, out)
		}
		return nil
	}
	defer ip("netns del " + space) // and the cable with it
	for _, args := range []string{
		"netns add " + space,
		"link add " + here + " type veth peer name far netns " + space,
		"addr add " + near + "/30 dev " + here,
		"link set " + here + " up",
		"-n " + space + " addr add " + net4 + "2/30 dev far",
		"-n " + space + " link set far up",
	} {
		if err := ip(args); err != nil {
			t.Skipf("no network namespace here, which needs root: %v", err)
		}
	}
	c := serve(t, ServerOptions{Host: near})
	_, port, err := net.SplitHostPort(strings.TrimPrefix(c.Address(), "nats://"))
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	far := exec.Command("ip", "netns", "exec", space, self) // which becomes the worker
	far.Env = append(os.Environ(), "CLUSTER_TEST_WORKER=nats://"+net.JoinHostPort(near, port), "CLUSTER_TEST_TOKEN="+c.Token())
	if err := far.Start(); err != nil {
		t.Fatal(err)
	}
	defer kill(far)
	there := func() bool {
		members, err := c.Members(t.Context())
		return err == nil && slices.ContainsFunc(members, func(m Member) bool { return m.Worker && m.Name == fmt.Sprint(far.Process.Pid) })
	}
	until := func(what string, is func() bool) {
		t.Helper()
		for end := time.Now().Add(time.Minute); !is(); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("after a minute: not %s", what)
			}
		}
	}
	until("joined", there)

	s := spec{"parle", 3, 60, false}
	p, err := build(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	whole := optim.Run(t.Context(), p.Landscape, p.Start, p.Method, p.Options)
	// The master waits until the cable is cut, or the training may be over before.
	var once sync.Once
	cut := func() {
		if err := ip("link set " + here + " down"); err != nil {
			t.Error(err)
		}
		process(t.Context(), t, c) // another comes, on this side
	}
	watched := NewTraining("bowls", func(ctx context.Context, s spec) (Problem, error) {
		p, err := build(ctx, s)
		evaluate := p.Options.Evaluate
		p.Options.Evaluate = func(x device.Vector) (float64, float64) {
			once.Do(cut) // the far worker has done a round
			return evaluate(x)
		}
		return p, err
	})
	got, err := Train(t.Context(), c, watched, s, TrainOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(device.Host[float64](got.Weights), device.Host[float64](whole.Weights)) {
		t.Error("other weights than in one process")
	}
	if got.Traffic.Again == 0 {
		t.Error("no round was made again: was the cable cut?")
	}
	until("missed", func() bool { return !there() })
	if err := ip("link set " + here + " up"); err != nil {
		t.Fatal(err)
	}
	until("back", there)
	t.Logf("%v; %d rounds again", got, got.Traffic.Again)
}
