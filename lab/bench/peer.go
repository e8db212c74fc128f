package bench

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
)

//go:embed peers/pytorch.py
var pytorch string

// A Peer is PyTorch, waiting for requests.
type Peer struct {
	versions string
	python   string
	where    string
	requests io.WriteCloser
	answers  *bufio.Reader
	process  *exec.Cmd
}

// StartPeer starts PyTorch with that interpreter. Where is "cuda", or a number
// of threads of the processor.
func StartPeer(python, where string) (*Peer, error) {
	p := &Peer{python: python, where: where, process: exec.Command(python, "-c", pytorch, where)}
	var said strings.Builder
	p.process.Stderr = &said
	var err error
	if p.requests, err = p.process.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.process.Start(); err != nil {
		return nil, err
	}
	p.answers = bufio.NewReader(out)
	if p.versions, err = p.answers.ReadString('\n'); err != nil {
		p.Stop()
		lines := strings.Split(strings.TrimSpace(said.String()), "\n")
		return nil, fmt.Errorf("%s, peers/pytorch.py: %s", python, lines[len(lines)-1])
	}
	p.versions = strings.TrimSpace(p.versions)
	return p, nil
}

// seconds does a task some times and returns what each took; the task "count"
// returns the number of parameters.
func (p *Peer) seconds(task, net string, repeat int) ([]float64, error) {
	if _, err := fmt.Fprintln(p.requests, strings.ReplaceAll(task, " ", "_"), net, repeat); err != nil {
		return nil, err
	}
	line, err := p.answers.ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("%s, %s: PyTorch's process is gone: %w", task, net, err)
	}
	var s []float64
	return s, json.Unmarshal([]byte(line), &s)
}

// Stop ends PyTorch's process.
func (p *Peer) Stop() {
	p.requests.Close()
	p.process.Wait()
}

// Memory is the peak of five steps in bytes, in a process of its own.
func (p *Peer) Memory(net string) (float64, error) {
	out, err := exec.Command(p.python, "-c", pytorch, p.where, "memory", net).Output()
	if err != nil {
		return 0, fmt.Errorf("measuring PyTorch's memory: %w", err)
	}
	return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
}
