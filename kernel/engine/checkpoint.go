package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"glassy/kernel/display"
	"glassy/kernel/engine/checkpoint"
)

// A checkpoint is saved and restored by cells that the engine writes: they name
// the variables, so the compiler knows their types. The file also has the source
// of the session's types, functions and constants, for a session that does not
// have them.

// ownCell is a cell of the engine's: the user's are followed, those beside others
// are not.
var ownCell = Cell{Beside: true}

// checkpoints is what a session knows of its own.
type checkpoints struct {
	last    string // file
	saved   []string
	written time.Time

	every time.Duration // 0: only when asked
	file  string        // for every
	tried time.Time
}

// checkpointMagic is %checkpoint: names and a file, or every and a time.
func (s *Session) checkpointMagic(c *magicCall) (Result, error) {
	s.history.apart = "it tells of a file"
	if s.cfg.again {
		return Result{}, nil // the file is the other session's
	}
	words := strings.Fields(c.arg)
	if len(words) == 1 && words[0] == "off" {
		s.checkpoints.every = 0
		return Result{}, nil
	}
	if len(words) > 0 && words[0] == "every" && s.scope.live["every"] == nil {
		return s.checkpointEvery(words[1:])
	}
	file := s.checkpointFile()
	var names []string
	for i, w := range words {
		switch e := s.scope.live[w]; {
		case e != nil && e.kind == token.VAR:
			names = append(names, w)
		case i == len(words)-1 && strings.ContainsAny(w, "./"):
			file = w
		case s.scope.lost[w] != nil:
			return Result{}, fmt.Errorf("%s was lost when the session process died: there is nothing to save", w)
		default:
			return Result{}, fmt.Errorf("%s is no variable of this session; expected names of variables and then, if you like, a file, which has a dot or a slash in it", w)
		}
	}
	h, err := s.checkpoint(c.ctx, names, s.inFolder(file), c.out)
	if err != nil {
		return Result{}, err
	}
	return shown(s.told(h, "saved", s.inFolder(file))), nil
}

// shown is a result that shows a text.
func shown(text string) Result {
	b := display.Text(text)
	return Result{Value: &b}
}

func (s *Session) checkpointEvery(words []string) (Result, error) {
	if len(words) == 0 || len(words) > 2 {
		return Result{}, errors.New("every takes a length of time and, if you like, a file: %checkpoint every 5m")
	}
	d, err := time.ParseDuration(words[0])
	if err != nil || d <= 0 {
		return Result{}, fmt.Errorf("%q is no length of time; expected one like 30s, 5m or 1h", words[0])
	}
	s.checkpoints.every, s.checkpoints.tried, s.checkpoints.file = d, time.Now(), s.checkpointFile()
	if len(words) == 2 {
		s.checkpoints.file = words[1]
	}
	return shown(fmt.Sprintf("a checkpoint is written to %s after a cell, when the last is older than %v; %%checkpoint off ends that", s.inFolder(s.checkpoints.file), d)), nil
}

// checkpointIfDue writes the checkpoint that %checkpoint every asked for.
func (s *Session) checkpointIfDue(ctx context.Context, out Output) {
	c := &s.checkpoints
	if c.every == 0 || time.Since(c.tried) < c.every || ctx.Err() != nil {
		return
	}
	for _, name := range c.saved {
		if s.scope.lost[name] != nil {
			return // the file has it
		}
	}
	c.tried = time.Now()
	if _, err := s.checkpoint(ctx, nil, s.inFolder(c.file), out); err != nil && out != nil && !errors.Is(err, errNothing) {
		out.Stream("stderr", "no checkpoint was written: "+err.Error()+"\n")
	}
}

// checkpointFile is where checkpoints go that name no file: one for each notebook.
func (s *Session) checkpointFile() string {
	name := filepath.Base(os.Getenv("JPY_SESSION_NAME")) // as Jupyter's server tells it
	if stem, ok := strings.CutSuffix(name, ".ipynb"); ok && stem != "" {
		return stem + ".checkpoint"
	}
	return "session.checkpoint"
}

func (s *Session) inFolder(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(s.cfg.Dir, file)
}

var errNothing = errors.New("there is no variable to save")

// checkpoint saves the variables, or all, and returns what the file says.
func (s *Session) checkpoint(ctx context.Context, names []string, file string, out Output) (*checkpoint.Header, error) {
	s.revive()
	if names == nil {
		for name, e := range s.scope.live {
			if e.kind == token.VAR {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return nil, errNothing
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if err := s.keepOlder(file); err != nil {
		return nil, err
	}
	h := s.checkpointHeader(names)
	words, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	var ts, vs strings.Builder
	for _, name := range slices.Sorted(maps.Keys(s.scope.live)) {
		if e := s.scope.live[name]; e.kind == token.TYPE && !isGeneric(e.obj) {
			fmt.Fprintf(&ts, "%s.Type[%s](), ", cellImport, name)
		}
	}
	for _, v := range h.Variables {
		if v.Reason == "" {
			fmt.Fprintf(&vs, ", %q, &%s", v.Name, v.Name)
		}
	}
	text := fmt.Sprintf("%[1]s.Save(%[2]q, %[3]q, %[1]s.Types(%[4]s)%[5]s)", cellImport, file, words, ts.String(), vs.String())
	if r := s.executeGo(ctx, part{text: text}, ownCell, out); r.Error != nil {
		return nil, plainly(r.Error)
	}
	if h, err = checkpoint.ReadHeader(file); err != nil {
		return nil, err
	}
	c := &s.checkpoints
	c.last, c.saved, c.written = file, h.Saved(), time.Now()
	return h, nil
}

// keepOlder keeps the checkpoint of a session before this one as FILE~.
func (s *Session) keepOlder(file string) error {
	if _, err := os.Stat(file); err != nil || s.checkpoints.last == file {
		return nil
	}
	if err := os.Remove(file + "~"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return linkOrCopy(file, file+"~")
}

// plainly is the error of a cell of our own, without its kind when it is ours.
func plainly(e *Error) error {
	if e.Name == "Panic" {
		return errors.New(e.Value)
	}
	return e
}

func isGeneric(o types.Object) bool {
	n, ok := types.Unalias(o.Type()).(*types.Named)
	return ok && n.TypeParams().Len() > 0
}

// checkpointHeader is the source that variables need, and their types. When all
// variables are asked for, all functions and constants come along.
func (s *Session) checkpointHeader(names []string) *checkpoint.Header {
	h := &checkpoint.Header{Glassy: s.cfg.Version, Imports: map[string]string{}, Dots: s.scope.dots}
	all := true
	for name, e := range s.scope.live {
		if e.kind == token.VAR && !slices.Contains(names, name) {
			all = false
		}
	}
	needed := map[string]bool{}
	var need func(name string)
	need = func(name string) {
		e := s.scope.live[name]
		if e == nil || needed[name] {
			return
		}
		needed[name] = true
		for used := range e.uses {
			need(used)
		}
	}
	for name, e := range s.scope.live {
		if e.kind == token.TYPE {
			need(name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.scope.live)) {
		e := s.scope.live[name]
		if e.kind == token.VAR || !all && !needed[name] {
			continue
		}
		if text := sourceOf(e); text != "" {
			h.Declarations = append(h.Declarations, checkpoint.Declaration{Name: name, Text: text, Needed: needed[name]})
		}
		for name, path := range e.imports {
			h.Imports[name] = path
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.scope.live)) {
		e := s.scope.live[name]
		if e.kind != token.VAR {
			continue
		}
		v := checkpoint.Variable{Name: name, Type: types.TypeString(e.obj.Type(), fullPath)}
		if !slices.Contains(names, name) {
			if !needed[name] {
				continue
			}
			v.Reason = name + " was not asked for"
		}
		h.Variables = append(h.Variables, v)
	}
	return h
}

// fullPath writes types as package checkpoint does, but cells' types as cells do.
func fullPath(p *types.Package) string {
	if p.Path() == cellPath {
		return ""
	}
	return p.Path()
}

// sourceOf declares an entity in a later session.
func sourceOf(e *entity) string {
	if c, ok := e.obj.(*types.Const); ok {
		return constText(c)
	}
	var b strings.Builder
	b.WriteString(e.text)
	for _, name := range slices.Sorted(maps.Keys(e.methods)) {
		b.WriteString("\n" + e.methods[name].text)
	}
	return b.String()
}

// constText declares a constant of the same value and kind.
func constText(c *types.Const) string {
	value := c.Val().ExactString()
	t, untyped := types.Unalias(c.Type()).(*types.Basic)
	if untyped = untyped && t.Info()&types.IsUntyped != 0; !untyped {
		return fmt.Sprintf("const %s %s = %s", c.Name(), types.TypeString(c.Type(), fullPath), arithmetic(c.Val()))
	}
	switch t.Kind() {
	case types.UntypedRune:
		if n, ok := constant.Int64Val(c.Val()); ok {
			value = strconv.QuoteRuneToASCII(rune(n))
		}
	case types.UntypedFloat, types.UntypedComplex:
		value = "0.0 + " + arithmetic(c.Val())
		if t.Kind() == types.UntypedComplex {
			value = "0i + " + arithmetic(c.Val())
		}
	}
	return fmt.Sprintf("const %s = %s", c.Name(), value)
}

// arithmetic writes a constant as an expression: a fraction is no integer division.
func arithmetic(v constant.Value) string {
	switch v.Kind() {
	case constant.Float:
		num, den := constant.Num(v), constant.Denom(v)
		if num.Kind() == constant.Int && den.Kind() == constant.Int {
			return fmt.Sprintf("%s.0 / %s.0", num.ExactString(), den.ExactString())
		}
	case constant.Complex:
		return fmt.Sprintf("(%s) + (%s) * 1i", arithmetic(constant.Real(v)), arithmetic(constant.Imag(v)))
	}
	return v.ExactString()
}

// told words what a file has and has not.
func (s *Session) told(h *checkpoint.Header, verb, file string) string {
	var b strings.Builder
	saved := h.Saved()
	fmt.Fprintf(&b, "%s %s", verb, strings.Join(saved, ", "))
	if len(saved) == 0 {
		fmt.Fprintf(&b, "no variable")
	}
	if st, err := os.Stat(file); err == nil {
		fmt.Fprintf(&b, " (%s)", inBytes(st.Size()))
	}
	if in, err := filepath.Rel(s.cfg.Dir, file); err == nil && filepath.IsLocal(in) {
		file = in // so that a notebook says the same wherever it lies
	}
	fmt.Fprintf(&b, ": %s", file)
	for _, v := range h.Variables {
		if v.Reason != "" {
			fmt.Fprintf(&b, "\nnot in it: %s", v.Reason)
		}
	}
	return b.String()
}

// restoreMagic is %restore.
func (s *Session) restoreMagic(c *magicCall) (Result, error) {
	s.history.apart = "it tells of a file"
	words := strings.Fields(c.arg)
	if len(words) > 1 {
		return Result{}, fmt.Errorf("%d words, expected one file, or none", len(words))
	}
	file := s.inFolder(s.checkpointFile())
	if len(words) == 1 {
		file = s.inFolder(words[0])
	} else if s.checkpoints.last != "" {
		file = s.checkpoints.last
	}
	h, err := checkpoint.ReadHeader(file)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w; %%checkpoint writes one", err)
	}
	if err != nil {
		return Result{}, err
	}
	fail := s.restoreFrom(c.ctx, h, file, false, c.out)
	text := s.told(h, "restored", file)
	if fail != nil && fail.Name == "CompileError" {
		// A function may have been compiled with a type that is no more.
		if s.restoreFrom(c.ctx, h, file, true, c.out) == nil {
			fail = nil
			for _, d := range h.Declarations {
				if !d.Needed && s.scope.live[d.Name] == nil {
					text += "\n" + d.Name + " does not compile any more, and is left out"
				}
			}
		}
	}
	if fail != nil {
		return Result{}, plainly(fail)
	}
	return shown(text), nil
}

// restoreFrom declares what the session does not have, and loads the values. When
// that fails the session is as before.
func (s *Session) restoreFrom(ctx context.Context, h *checkpoint.Header, file string, neededOnly bool, out Output) *Error {
	s.revive()
	w := &restorer{s: s, h: h, imports: map[string]string{}, taken: map[string]bool{}}
	lost := w.write(file, neededOnly)
	before := *s.scope
	before.live, before.lost, before.imports = maps.Clone(before.live), maps.Clone(before.lost), maps.Clone(before.imports)
	if r := s.executeGo(ctx, part{text: w.text.String()}, ownCell, out); r.Error != nil {
		*s.scope = before
		s.define()
		return r.Error
	}
	for _, v := range h.Variables {
		if e := s.scope.live[v.Name]; e != nil && e.mem != nil && v.Shared {
			e.mem.shared = true
		}
	}
	for _, name := range lost {
		s.scope.lost[name] = s.scope.live[name]
		delete(s.scope.live, name)
	}
	return nil
}

// restorer writes the cell that restores.
type restorer struct {
	s       *Session
	h       *checkpoint.Header
	imports map[string]string // path → name
	taken   map[string]bool   // names of imports
	text    strings.Builder
}

// write returns the variables that the cell declares but has no values for.
func (w *restorer) write(file string, neededOnly bool) (lost []string) {
	live := w.s.scope.live
	var decls, vars, types strings.Builder
	for name, path := range w.h.Imports {
		w.imports[path], w.taken[name] = name, true
	}
	for _, d := range w.h.Declarations {
		if live[d.Name] == nil && (d.Needed || !neededOnly) {
			decls.WriteString(d.Text + "\n")
			if strings.HasPrefix(d.Text, "const ") {
				decls.WriteString("\n")
			}
		}
	}
	for _, v := range w.h.Variables {
		e := live[v.Name]
		switch {
		case e != nil && e.kind == token.VAR && typeText(e) == v.Type:
		case e != nil && v.Reason != "":
			continue
		default:
			fmt.Fprintf(&decls, "var %s %s\n", v.Name, w.source(v.Type))
			if v.Reason != "" {
				lost = append(lost, v.Name)
			}
		}
		if v.Reason == "" {
			fmt.Fprintf(&vars, ", %q, &%s", v.Name, v.Name)
		}
	}
	for _, t := range w.h.Dynamic {
		fmt.Fprintf(&types, "%s.Type[%s](), ", cellImport, w.source(t))
	}
	for _, path := range slices.Sorted(maps.Keys(w.imports)) {
		fmt.Fprintf(&w.text, "import %s %q\n", w.imports[path], path)
	}
	for _, path := range w.h.Dots {
		fmt.Fprintf(&w.text, "import . %q\n", path)
	}
	fmt.Fprintf(&w.text, "%[1]s\n%[2]s.Load(%[3]q, %[2]s.Types(%[4]s)%[5]s)", decls.String(), cellImport, file, types.String(), vars.String())
	return lost
}

func typeText(e *entity) string { return types.TypeString(e.obj.Type(), fullPath) }

// source makes Go of a type that is written with the full paths of its packages.
func (w *restorer) source(t string) string {
	var b strings.Builder
	for t != "" {
		if q := t[0]; q == '"' || q == '`' { // a tag
			end := 1
			for end < len(t)-1 && t[end] != q {
				if q == '"' && t[end] == '\\' {
					end++
				}
				end++
			}
			b.WriteString(t[:end+1])
			t = t[end+1:]
			continue
		}
		n := strings.IndexAny(t, " \t[](){},;*\"`")
		switch {
		case n == 0:
			b.WriteByte(t[0])
			t = t[1:]
			continue
		case n < 0:
			n = len(t)
		}
		b.WriteString(w.named(t[:n]))
		t = t[n:]
	}
	return b.String()
}

// named makes Go of one word of a type: a name, perhaps with a path.
func (w *restorer) named(word string) string {
	lead := word[:len(word)-len(strings.TrimLeft(word, ".<-"))] // ...T, <-chan
	word = word[len(lead):]
	dot := strings.LastIndexByte(word, '.')
	if dot < strings.LastIndexByte(word, '/') || dot < 0 {
		return lead + word
	}
	pkg, name := word[:dot], word[dot+1:]
	if pkg == cellPath {
		return lead + name
	}
	if w.imports[pkg] == "" {
		alias := identifier(path.Base(pkg))
		if a, ok := w.s.packages[pkg]; ok && a.Name != "" {
			alias = a.Name
		}
		for w.taken[alias] || w.s.scope.live[alias] != nil || w.declares(alias) || w.s.scope.imports[alias] != "" && w.s.scope.imports[alias] != pkg {
			alias += aliasSuffix
		}
		w.imports[pkg], w.taken[alias] = alias, true
	}
	return lead + w.imports[pkg] + "." + name
}

func (w *restorer) declares(name string) bool {
	return slices.ContainsFunc(w.h.Declarations, func(d checkpoint.Declaration) bool { return d.Name == name }) ||
		slices.ContainsFunc(w.h.Variables, func(v checkpoint.Variable) bool { return v.Name == name })
}

// identifier makes a name of a part of a path.
func identifier(s string) string {
	if token.IsIdentifier(s) {
		return s
	}
	return "pkg"
}

// lastCheckpoint points to what can bring variables back that are lost.
func (s *Session) lastCheckpoint(lost []string) (lines []string) {
	c := &s.checkpoints
	var back []string
	for _, name := range c.saved {
		if slices.Contains(lost, name) {
			back = append(back, name)
		}
	}
	if len(back) > 0 {
		lines = append(lines, fmt.Sprintf("%%restore brings these back as they were at %s: %s (%s)", c.written.Format(time.TimeOnly), strings.Join(back, ", "), c.last))
	}
	return lines
}
