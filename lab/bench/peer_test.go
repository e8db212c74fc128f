package bench

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// python is the interpreter that has PyTorch.
func python() string {
	if p := os.Getenv("GLASSY_BENCH_PYTHON"); p != "" {
		return p
	}
	return "python3"
}

var pytorch = filepath.Join("peers", "pytorch.py")

// A peer is peers/pytorch.py, waiting for requests.
type peer struct {
	versions string
	requests io.WriteCloser
	answers  *bufio.Reader
	process  *exec.Cmd
}

func startPeer(threads int) (*peer, error) {
	p := &peer{process: exec.Command(python(), pytorch, strconv.Itoa(threads))}
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
		p.stop()
		lines := strings.Split(strings.TrimSpace(said.String()), "\n")
		return nil, fmt.Errorf("%s %s: %s", python(), pytorch, lines[len(lines)-1])
	}
	p.versions = strings.TrimSpace(p.versions)
	return p, nil
}

// seconds does a task some times and returns what each took; the task "count"
// returns the number of parameters.
func (p *peer) seconds(task, net string, repeat int) ([]float64, error) {
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

func (p *peer) stop() {
	p.requests.Close()
	p.process.Wait()
}

// peerMemory is the peak of five steps in bytes.
func peerMemory(threads int, net string) (float64, error) {
	out, err := exec.Command(python(), pytorch, strconv.Itoa(threads), "memory", net).Output()
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
}
