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

// A Peer is PyTorch, or NumPy, waiting for requests.
type Peer struct {
	versions string
	python   string
	script   string // in the folder peers
	where    string
	requests io.WriteCloser
	answers  *bufio.Reader
	process  *exec.Cmd
	said     strings.Builder // on its standard error
}

// A taskError is why PyTorch did not do a task; the peer goes on.
type taskError string

func (e taskError) Error() string { return string(e) }

// StartPeer starts PyTorch with that interpreter. Where is a number of threads
// of the processor, "cuda", or "cuda-tf32" for products in TF32.
func StartPeer(python, where string) (*Peer, error) {
	return startPeer(python, "pytorch.py", pytorch, where)
}

// startPeer starts a script of the folder peers, whose first line says what runs.
func startPeer(python, script, program string, args ...string) (*Peer, error) {
	p := &Peer{python: python, script: script, where: args[0], process: exec.Command(python, append([]string{"-c", program}, args...)...)}
	p.process.Stderr = &p.said
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
		return nil, p.gone("it did not start")
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
		return nil, p.gone("it ended")
	}
	var s []float64
	if json.Unmarshal([]byte(line), &s) == nil {
		return s, nil
	}
	var why string
	if err := json.Unmarshal([]byte(line), &why); err != nil {
		return nil, fmt.Errorf("%s, %s: PyTorch's answer is %q: %w", task, net, line, err)
	}
	why, _, _ = strings.Cut(why, "\n")
	return nil, taskError(fmt.Sprintf("PyTorch, %s, %s: %s", net, task, why))
}

// pair asks for work of which the answer is two numbers, the seconds first.
func (p *Peer) pair(request ...any) (seconds, result float64, err error) {
	if _, err := fmt.Fprintln(p.requests, request...); err != nil {
		return 0, 0, err
	}
	line, err := p.answers.ReadString('\n')
	if err != nil {
		return 0, 0, p.gone("it ended")
	}
	var s []float64
	if err := json.Unmarshal([]byte(line), &s); err != nil || len(s) != 2 {
		return 0, 0, fmt.Errorf("%s's answer is %q: %v", p.script, line, err)
	}
	return s[0], s[1], nil
}

// gone is the error of a process that is no more: what it said last, or
// else what.
func (p *Peer) gone(what string) error {
	p.Stop()
	lines := strings.Split(strings.TrimSpace(p.said.String()), "\n")
	if last := lines[len(lines)-1]; last != "" {
		what = last
	}
	return fmt.Errorf("%s, peers/%s: %s", p.python, p.script, what)
}

// Stop ends the peer's process.
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
