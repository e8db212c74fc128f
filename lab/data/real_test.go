package data_test

import (
	"crypto/sha256"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"glassy/lab/data"
	"glassy/lab/data/datatest"
)

// moments are mean and sd of each channel, by two passes in float64.
func moments(s *data.Set) (mean, sd []float64) {
	channels := s.Shape[0]
	plane := s.Size() / channels
	mean, sd = make([]float64, channels), make([]float64, channels)
	n := float64(s.Len() * plane)
	for pass, to := range [][]float64{mean, sd} {
		for i, v := range s.X {
			c := i / plane % channels
			if pass == 0 {
				to[c] += float64(v) / n
			} else {
				to[c] += (float64(v) - mean[c]) * (float64(v) - mean[c]) / n
			}
		}
	}
	for c := range sd {
		sd[c] = math.Sqrt(sd[c])
	}
	return mean, sd
}

// The numbers that are published with the sets: how many of each class, and the
// moments of the training pixels, to the four digits in which they are known.
func TestRealImages(t *testing.T) {
	even := func(n int) []int { return slices.Repeat([]int{n}, 10) }
	for _, c := range []struct {
		name        string
		train, test []int
		mean, sd    []float64
	}{
		{
			"mnist",
			[]int{5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949},
			[]int{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009},
			[]float64{0.1307}, []float64{0.3081},
		},
		{"fashion", even(6000), even(1000), []float64{0.2860}, []float64{0.3530}},
		{"cifar10", even(5000), even(1000), []float64{0.4914, 0.4822, 0.4465}, []float64{0.2470, 0.2435, 0.2616}},
	} {
		t.Run(c.name, func(t *testing.T) {
			began := time.Now()
			train, test := datatest.Load(t, os.Getenv, c.name)
			t.Logf("loaded in %v", time.Since(began))
			if got := train.Counts(); !slices.Equal(got, c.train) {
				t.Errorf("training labels %v, expected %v", got, c.train)
			}
			if got := test.Counts(); !slices.Equal(got, c.test) {
				t.Errorf("test labels %v, expected %v", got, c.test)
			}
			mean, sd := moments(train)
			for i := range c.mean {
				if math.Abs(mean[i]-c.mean[i]) > 0.5e-4 || math.Abs(sd[i]-c.sd[i]) > 0.5e-4 {
					t.Errorf("channel %d: mean %.5f, sd %.5f, expected %.4f, %.4f", i, mean[i], sd[i], c.mean[i], c.sd[i])
				}
			}
		})
	}
}

func TestRealTexts(t *testing.T) {
	for _, c := range []struct {
		name          string
		length, kinds int
		begins        string
		sha256        string // of the whole text
	}{
		{"war-and-peace", 3196214, 83, "\ufeff\"Well, Prince,", "be191523dd5b3a7cbedc9743d4b46898daccb09d9caef97256393f84e9498c1a"},
		{"gutenberg", 3246451, 83, "[Emma by Jane Austen 1816]", "336d9f44a2fec8f4d26661ee4fc87489d51251ddd706320224c30fcbb8a484e0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := datatest.Characters(t, os.Getenv, c.name)
			all := slices.Concat(got.Train, got.Validation, got.Test)
			text := got.Text(all)
			if len(all) != c.length || len(got.Symbols) != c.kinds || !strings.HasPrefix(text, c.begins) {
				t.Errorf("%d characters of %d kinds, %q, expected %d of %d, %q", len(all), len(got.Symbols), text[:30], c.length, c.kinds, c.begins)
			}
			if sum := fmt.Sprintf("%x", sha256.Sum256([]byte(text))); sum != c.sha256 {
				t.Errorf("the text has sha256 %s, expected %s", sum, c.sha256)
			}
			if len(got.Train) != c.length*8/10 {
				t.Errorf("%d characters to train on, expected 80 %%", len(got.Train))
			}
		})
	}
	t.Run("words", func(t *testing.T) {
		got := datatest.Words(t, os.Getenv, "gutenberg")
		n := float64(len(got.Train) + len(got.Validation) + len(got.Test))
		if len(got.Symbols) != 10000 || n < 2.2e6 || n > 2.4e6 || math.Abs(float64(len(got.Train))/n-0.9) > 0.01 {
			t.Errorf("%d words, %d of them different, %d to train on", int(n), len(got.Symbols), len(got.Train))
		}
		unknown := slices.Index(got.Symbols, data.Unknown)
		for name, part := range map[string][]int32{"training": got.Train, "test": got.Test} {
			k := 0
			for _, w := range part {
				if int(w) == unknown {
					k++
				}
			}
			// The 10,000 most frequent words are 96 % of these books.
			if share := float64(k) / float64(len(part)); share < 0.02 || share > 0.06 {
				t.Errorf("%.1f %% of the %s words are unknown, expected about 4", 100*share, name)
			}
		}
	})
}
