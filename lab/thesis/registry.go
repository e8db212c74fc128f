package thesis

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"glassy/lab/data"
	"glassy/lab/run"
)

// Info says what an item of the thesis is.
type Info struct {
	ID      string  `json:"id"`      // as the thesis numbers it: "2.1", "2.2a", "table-2.1", "theorem-2.7"
	Title   string  `json:"title"`   // what it shows
	Chapter int     `json:"chapter"` // of the thesis
	Scales  []Scale `json:"-"`       // at which it can be made
}

// Label is what the thesis calls it: Figure 2.1, Table 2.1, Theorem 2.7.
func (i Info) Label() string {
	kind, number := i.parts()
	return strings.ToUpper(kind[:1]) + kind[1:] + " " + number
}

// parts are the two of "table-2.1"; a number alone is a figure's.
func (i Info) parts() (kind, number string) {
	if kind, number, ok := strings.Cut(i.ID, "-"); ok {
		return kind, number
	}
	return "figure", i.ID
}

type item struct {
	Info
	make func(settings) (*Result, error)
}

var everyScale = []Scale{Quick, Desktop, Paper}

// items are all figures and tables there are, in the order of the thesis.
var items = []item{
	{Info{"2.1", "Complexity of the spherical 3-spin glass", 2, everyScale}, figure21},
	{Info{"2.1b", "Figure 2.1 measured: the layers of one glass", 2, everyScale}, layers},
	{Info{"2.2a", "Where descents end: exponential regime", 2, everyScale}, figure22(exponential)},
	{Info{"2.2b", "Where descents end: polynomial regime", 2, everyScale}, figure22(polynomial)},
	{Info{"2.2c", "Where descents end: trivial regime", 2, everyScale}, figure22(trivial)},
	{Info{"theorem-2.7", "The number of critical points in a field", 2, everyScale}, theorem27},
	{Info{"theorem-2.8", "Critical points at the edge of the transition", 2, everyScale}, theorem28},
	{Info{"theorem-2.9", "Local minima at the edge of the transition", 2, everyScale}, theorem29},
	{Info{"theorem-2.13", "How a field moves the lowest minima", 2, everyScale}, theorem213},
	{Info{"2.3a", "A deep network trained with and without the field", 2, everyScale}, figure23a},
	{Info{"2.3b", "The smallest number of its gradient", 2, everyScale}, figure23b},
	{Info{"2.3c", "LeNet trained with and without the field", 2, everyScale}, figure23c},
	{Info{"table-2.1", "All-CNN on CIFAR-10 with and without the field", 2, everyScale}, table21},
	{Info{"2.4", "Alignment of the weights with the field", 2, everyScale}, figure24},
	{Info{"3.1", "Hessian of a convolutional network where Adam ends", 3, everyScale}, figure31},
	{Info{"3.2", "Local entropy concentrates on wide valleys", 3, everyScale}, figure32},
	{Info{"3.3", "Isolated solutions of the perceptron, and dense clusters", 3, everyScale}, figure33},
	{Info{"3.4a", "Hessian of a fully-connected network where SGD ends", 3, everyScale}, figure34a},
	{Info{"3.4b", "Hessian of an LSTM where Adam ends", 3, everyScale}, figure34b},
	{Info{"3.4c", "Diagonal of the Fisher matrix of All-CNN", 3, everyScale}, figure34c},
	{Info{"section-3.3.5", "Angle between the gradients of local entropy and of the loss", 3, everyScale}, section335},
	{Info{"section-3.3.6", "Entropy-SGD beside Langevin dynamics alone", 3, everyScale}, section336},
	{Info{"3.5", "Entropy-SGD, Adam and SGD: two networks on MNIST", 3, everyScale}, figureOf("Entropy-SGD, Adam and SGD on MNIST", []string{"lecun1998", "kingma2015"}, &duelFC, &duelLeNet)},
	{Info{"3.6", "Entropy-SGD and SGD: All-CNN on CIFAR-10", 3, everyScale}, figureOf("Entropy-SGD and SGD on CIFAR-10", []string{"krizhevsky2009", "springenberg2014"}, &duelCIFAR)},
	{Info{"3.7a", "Entropy-SGD and SGD: an LSTM on words", 3, everyScale}, figureOf("Entropy-SGD and SGD on words", []string{"zaremba2014", "hochreiter1997"}, &duelWords)},
	{Info{"3.7b", "Entropy-Adam and Adam: an LSTM on War and Peace", 3, everyScale}, figureOf("Entropy-Adam and Adam on characters", []string{"karpathy2015", "hochreiter1997", "kingma2015"}, &duelCharacters)},
	{Info{"table-3.1", "Entropy-SGD beside SGD or Adam on five networks", 3, everyScale}, table31},
	{Info{"4.1", "A rough function smoothed, and densities on it", 4, everyScale}, figure41},
	{Info{"4.1b", "Figure 4.1 in the plane", 4, everyScale}, figure41b},
	{Info{"section-4.1a", "Densities relax: Wasserstein's distance and the spectral gap", 4, everyScale}, section41a},
	{Info{"section-4.1b", "Inertia, and its overdamped limit", 4, everyScale}, section41b},
	{Info{"section-4.1.1a", "Escape from a well: Kramers's law", 4, everyScale}, section411a},
	{Info{"section-4.1.1b", "Simulated annealing", 4, everyScale}, section411b},
	{Info{"lemma-4.3", "The dynamics for the gradient of the inviscid solution", 4, everyScale}, lemma43},
	{Info{"lemma-4.4", "The invariant law in a quadratic", 4, everyScale}, lemma44},
	{Info{"theorem-4.5", "Two time scales: how fast the slow one finds local entropy", 4, everyScale}, theorem45},
	{Info{"remark-4.7", "Workers that attract each other: a free energy and its flow", 4, everyScale}, remark47},
	{Info{"section-4.3.3", "Elastic-SGD as its workers become more", 4, everyScale}, section433},
	{Info{"remark-4.8", "The heat equation beside local entropy", 4, everyScale}, remark48},
	{Info{"theorem-4.11", "What the best control of SGD gains", 4, everyScale}, theorem411},
	{Info{"example-4.12", "A quadratic smoothed", 4, everyScale}, example412},
	{Info{"example-4.14", "Slopes by Burgers's equation", 4, everyScale}, example414},
	{Info{"example-4.15", "Convex regions widen", 4, everyScale}, example415},
	{Info{"lemma-4.17", "Semi-concavity in time, and Example 4.13", 4, everyScale}, lemma417},
	{Info{"lemma-4.19", "Harmonic means of curvatures, and Lemma 4.18", 4, everyScale}, lemma419},
	{Info{"definition-4.20", "The robust width of a minimum", 4, everyScale}, definition420},
	{Info{"4.2", "Four ways to smooth: two networks on MNIST", 4, everyScale}, figure42},
	{Info{"4.3", "Four ways to smooth: All-CNN on CIFAR-10", 4, everyScale}, figure43},
	{Info{"table-4.1", "Errors of the four on three networks", 4, everyScale}, table41},
	{Info{"5.1", "Overlaps of networks that were trained apart", 5, everyScale}, figure51},
	{Info{"remark-5.2", "Parle with other parameters", 5, everyScale}, remark52},
	{Info{"section-5.4.1", "What it costs that replicas meet", 5, everyScale}, section541},
	{Info{"5.3", "Parle on LeNet", 5, everyScale}, raced(&raceLeNet, "lecun1998")},
	{Info{"5.4a", "Parle on a wide residual network and CIFAR-10", 5, everyScale}, raced(&raceWRN, "krizhevsky2009", "zagoruyko2016")},
	{Info{"5.4b", "Parle on a wide residual network and CIFAR-100", 5, everyScale}, raced(&raceHundred, "krizhevsky2009", "zagoruyko2016")},
	{Info{"5.5", "Parle on a wide residual network and SVHN", 5, everyScale}, raced(&raceSVHN, "netzer2011", "zagoruyko2016")},
	{Info{"5.6a", "Parle stays above the lowest training error: CIFAR-10", 5, everyScale}, fitted(&raceWRN, "krizhevsky2009", "zagoruyko2016")},
	{Info{"5.6b", "Parle stays above the lowest training error: CIFAR-100", 5, everyScale}, fitted(&raceHundred, "krizhevsky2009", "zagoruyko2016")},
	{Info{"5.6c", "Parle stays above the lowest training error: SVHN", 5, everyScale}, fitted(&raceSVHN, "netzer2011", "zagoruyko2016")},
	{Info{"table-5.1", "Parle beside Elastic-SGD, Entropy-SGD and SGD", 5, everyScale}, table51},
	{Info{"5.7", "Replicas that each see a part of the data", 5, everyScale}, figure57},
	{Info{"table-5.2", "The data split between replicas", 5, everyScale}, table52},
	{Info{"theorem-6.5", "The equation that stands for SGD: its weak order", 6, everyScale}, theorem65},
	{Info{"remark-6.9", "Noise that depends on the weights, in three calculi", 6, everyScale}, remark69},
	{Info{"definition-6.15", "Wasserstein's distance, its plans and geodesics", 6, everyScale}, definition615},
	{Info{"remark-6.18", "The Fokker-Planck equation by steps of the least free energy", 6, everyScale}, remark618},
	{Info{"theorem-6.24", "Free energy falls, whatever the current", 6, everyScale}, theorem624},
	{Info{"theorem-6.28", "The potential depends on the temperature", 6, everyScale}, theorem628},
	{Info{"section-6.2.4", "The information bottleneck", 6, everyScale}, section624},
	{Info{"remark-6.35", "What a prior does to the variances", 6, everyScale}, remark635},
	{Info{"6.1a", "Spectrum of the noise of SGD: small-lenet on MNIST", 6, everyScale}, noiseFigure(smallLeNet, printedSpectrum{1e3, "0.3", "2.11", "1.8"})},
	{Info{"6.1b", "Spectrum of the noise of SGD: small-fc on MNIST", 6, everyScale}, noiseFigure(smallFC, printedSpectrum{1e3, "0.9", "18.5", "0.6"})},
	{Info{"6.2a", "Spectrum of the noise of SGD: small-allcnn on CIFAR-10", 6, everyScale}, noiseFigure(smallAllCNN("cifar10", nil), printedSpectrum{1, "0.27", "0.84", "0.34"})},
	{Info{"6.2b", "Spectrum of the noise of SGD: small-allcnn on CIFAR-100", 6, everyScale}, noiseFigure(smallAllCNN("cifar100", nil), printedSpectrum{1, "0.98", "2.16", "0.47"})},
	{Info{"6.2c", "Spectrum of the noise of SGD: small-allcnn on CIFAR-10, augmented", 6, everyScale}, noiseFigure(smallAllCNN("cifar10", &data.MirrorCrop{Pad: 4}), printedSpectrum{1, "0.43", "1.32", "0.32"})},
	{Info{"remark-6.37", "Whether the noise of SGD depends on the weights", 6, everyScale}, remark637},
	{Info{"remark-6.38", "The noise of SGD on data that are more diverse", 6, everyScale}, remark638},
	{Info{"remark-6.39", "The noise of mini-batches, and the temperature", 6, everyScale}, remark639},
	{Info{"remark-6.40", "The spectrum of the noise beside the error of architectures", 6, everyScale}, remark640},
	{Info{"example-6.43", "No limit cycle in the thesis's example, and one beside it", 6, everyScale}, example643},
	{Info{"6.3a", "Spectrum of the steps of SGD over many epochs", 6, everyScale}, figure63(figure63a)},
	{Info{"6.3b", "Autocorrelation of the weights of SGD", 6, everyScale}, figure63(figure63b)},
	{Info{"6.3c", "The gradient along a trajectory of SGD", 6, everyScale}, figure63(figure63c)},
	{Info{"6.4a", "Gradient field of Example 6.43 in equilibrium", 6, everyScale}, figure64(0)},
	{Info{"6.4b", "Gradient field of Example 6.43, weak current", 6, everyScale}, figure64(0.5)},
	{Info{"6.4c", "Gradient field of Example 6.43, strong current", 6, everyScale}, figure64(1.5)},
	{Info{"lemma-6.44", "A linear process at a minimum, a saddle and a maximum", 6, everyScale}, lemma644},
}

// Figures lists everything that Figure can make, in the order of the thesis.
func Figures() []Info {
	out := make([]Info, len(items))
	for i, it := range items {
		out[i] = it.Info
		out[i].Scales = slices.Clone(it.Scales)
	}
	return out
}

// Select returns the items that the given IDs name: an item's own ("2.2a",
// "table-2.1"), a figure's for all its panels where it has none of its own
// ("2.2"), or a chapter's ("2") for all in it. Without IDs it returns everything.
// Each item comes once, in the order of the thesis. An unknown ID is an error that
// names the nearest known ones.
func Select(ids ...string) ([]Info, error) {
	if len(ids) == 0 {
		return Figures(), nil
	}
	for _, id := range ids {
		if !slices.ContainsFunc(items, func(it item) bool { return it.matches(id) }) {
			return nil, unknown(id)
		}
	}
	return slices.DeleteFunc(Figures(), func(info Info) bool {
		return !slices.ContainsFunc(ids, info.matches)
	}), nil
}

func (i Info) matches(id string) bool {
	return id == i.ID || id == strconv.Itoa(i.Chapter) || i.isPanelOf(id)
}

// isPanelOf says whether i is a panel of the figure of that number, which is no
// item itself.
func (i Info) isPanelOf(id string) bool {
	panel, cut := strings.CutPrefix(i.ID, id)
	return cut && strings.Contains(id, ".") && len(panel) == 1 && panel >= "a" && panel <= "z" &&
		!slices.ContainsFunc(items, func(it item) bool { return it.ID == id })
}

// Figure makes the figure or table of that number, Quick unless a Scale is
// given. The error of an unknown number names the nearest known ones. A stopped
// computation returns what it has, as a Result that says so; one that has nothing
// yet returns an error that wraps the context's.
func Figure(id string, opts ...Option) (*Result, error) {
	set := settle(opts)
	for _, it := range items {
		if it.ID != id {
			continue
		}
		if !slices.Contains(it.Scales, set.scale) {
			return nil, fmt.Errorf("thesis: %s at scale %s, expected one of %v", it.Label(), set.scale, it.Scales)
		}
		r, err := it.make(set)
		if err != nil {
			return nil, fmt.Errorf("thesis: %s: %w", it.Label(), err)
		}
		r.Info, r.Scale = it.Info, set.scale
		run.Cite(r.Sources...)
		return r, nil
	}
	return nil, unknown(id)
}

// unknown is the error of an ID that is not in the registry.
func unknown(id string) error {
	known := make([]string, len(items))
	for i, it := range items {
		known[i] = it.ID
	}
	slices.SortStableFunc(known, func(a, b string) int { return distance(id, a) - distance(id, b) })
	return fmt.Errorf("thesis: no figure or table %q; nearest: %s; thesis.Figures() lists all %d",
		id, strings.Join(known[:min(3, len(known))], ", "), len(known))
}

// distance is Levenshtein's: how many letters to insert, delete or change.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
