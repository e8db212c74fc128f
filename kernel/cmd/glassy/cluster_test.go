package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"glassy/lab/cluster"
	"glassy/lab/thesis"
)

// A server and a worker, each by its command; a figure made on them; both end by
// Ctrl-C.
func TestCluster(t *testing.T) {
	server := newLab(t, "")
	token := filepath.Join(server.home, "token")
	await := func(l *lab, words string) {
		t.Helper()
		for end := time.Now().Add(60 * time.Second); !strings.Contains(l.out.String(), words); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%q and %q do not say %q", l.out.String(), l.err.String(), words)
			}
		}
	}
	served := make(chan bool)
	go func() {
		defer close(served)
		server.run(t, exitOK, "cluster", "serve", "--listen", "127.0.0.1:0", "--token-file", token)
	}()
	await(server, "--token-file")
	url := strings.TrimSuffix(strings.Fields(server.out.String())[1], ";")

	worker := newLab(t, "")
	worker.started = errors.New("no Go here")
	worked := make(chan bool)
	go func() {
		defer close(worked)
		worker.run(t, exitOK, "worker", "--nats", url, "--token-file", token, "--name", "mill")
	}()
	await(worker, "works for")

	secret, err := os.ReadFile(token)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(token); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the token's file: %v, %v, expected it for its owner alone", info.Mode(), err)
	}
	c, err := cluster.Connect(t.Context(), url, cluster.Options{Version: programVersion(), Token: strings.TrimSpace(string(secret))})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r, err := thesis.Figure("2.2c", thesis.On(c))
	if err != nil || len(r.Rows) == 0 {
		t.Fatal(err)
	}
	status := newLab(t, "")
	status.run(t, exitOK, "cluster", "status", "--nats", url, "--token-file", token)
	says(t, status.out.String(), "1 workers, 0 tasks in work, 0 waiting", "mill", "cpu")

	worker.signal <- os.Interrupt
	<-worked
	server.signal <- os.Interrupt
	<-served
	for _, l := range []*lab{server, worker, status} {
		if strings.Contains(l.out.String()+l.err.String(), strings.TrimSpace(string(secret))) {
			t.Error("the token was printed")
		}
	}
}

func TestClusterRefuses(t *testing.T) {
	l := newLab(t, "")
	l.run(t, exitUsage, "worker")
	l.run(t, exitUsage, "cluster")
	l.run(t, exitUsage, "cluster", "begin")
	l.run(t, exitUsage, "cluster", "serve", "--listen", "here")
	l.run(t, exitFailed, "cluster", "status", "--nats", "nats://127.0.0.1:1")
	says(t, l.err.String(), "connect to nats://127.0.0.1:1")
	l.run(t, exitFailed, "cluster", "status", "--nats", "tls://127.0.0.1:1", "--tls-ca", "/dev/null")
	says(t, l.err.String(), "no certificate in PEM")
}
