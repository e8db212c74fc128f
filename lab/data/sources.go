package data

import (
	"fmt"
	"slices"
	"strings"
)

// Sources are the data sets known by name.
func Sources() []Source { return slices.Clone(sources) }

var sources = []Source{
	{
		Name: "mnist", Title: "60,000 + 10,000 handwritten digits, 28×28",
		Terms:   "CC BY-SA 3.0 (Y. LeCun, C. Cortes, C. Burges, 1998)",
		Folders: []string{"mnist", "MNIST/raw"},
		Files: []File{
			{"train-images-idx3-ubyte", 47040016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
			{"train-labels-idx1-ubyte", 60008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
			{"t10k-images-idx3-ubyte", 7840016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
			{"t10k-labels-idx1-ubyte", 10008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"},
		},
		images: idxSets("mnist"),
	},
	{
		Name: "fashion", Title: "60,000 + 10,000 pieces of clothing, 28×28",
		Terms:   "MIT (H. Xiao, K. Rasul, R. Vollgraf, 2017, Zalando)",
		Folders: []string{"fashion", "fashion-mnist", "FashionMNIST/raw"},
		Files: []File{
			{"train-images-idx3-ubyte", 47040016, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"},
			{"train-labels-idx1-ubyte", 60008, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"},
			{"t10k-images-idx3-ubyte", 7840016, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"},
			{"t10k-labels-idx1-ubyte", 10008, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"},
		},
		images: idxSets("fashion"),
	},
	{
		Name: "cifar10", Title: "50,000 + 10,000 objects of 10 classes, 3×32×32",
		Terms:   "no formal licence; cite A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
		Folders: []string{"cifar10", "cifar-10-batches-bin"},
		Files: []File{ // of the files with the md5 sums of the official ones
			{"data_batch_1.bin", 30730000, "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"},
			{"data_batch_2.bin", 30730000, "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"},
			{"data_batch_3.bin", 30730000, "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"},
			{"data_batch_4.bin", 30730000, "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"},
			{"data_batch_5.bin", 30730000, "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"},
			{"test_batch.bin", 30730000, "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"},
		},
		images: cifarSets("cifar10", 10),
	},
	{
		Name: "cifar100", Title: "50,000 + 10,000 objects of 100 classes, 3×32×32",
		Terms:   "no formal licence; cite A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009",
		Folders: []string{"cifar100", "cifar-100-binary"},
		Files:   []File{{Name: "train.bin", Size: 50000 * (2 + cifarPixels)}, {Name: "test.bin", Size: 10000 * (2 + cifarPixels)}},
		images:  cifarSets("cifar100", 100),
	},
	{
		Name: "svhn", Title: "73,257 + 26,032 digits of house numbers, 3×32×32",
		Terms:   "for non-commercial use only: the user's own copy (Y. Netzer et al., Reading Digits in Natural Images, 2011)",
		Folders: []string{"svhn"},
		Files:   []File{{Name: "train_32x32.mat"}, {Name: "test_32x32.mat"}},
		images: func(f []file) (train, test *Set, err error) {
			if train, err = svhnSet("svhn", f[0]); err != nil {
				return nil, nil, err
			}
			if test, err = svhnSet("svhn", f[1]); err != nil {
				return nil, nil, err
			}
			return train, test, nil
		},
	},
	{
		Name: "digits", Title: "1,797 handwritten digits, 8×8",
		Terms:   "CC BY 4.0 (E. Alpaydin, C. Kaynak, 1998)",
		Folders: []string{"digits"},
		images: func([]file) (train, test *Set, err error) {
			train, test = Digits().Split(0.2, 0)
			return train, test, nil
		},
	},
	{
		Name: "war-and-peace", Title: "L. Tolstoy, War and Peace, 3.2 million characters",
		Terms:   "public domain (Project Gutenberg, ebook 2600)",
		Folders: []string{"war-and-peace"},
		Files:   []File{{"war_and_peace.txt", 3196233, "be191523dd5b3a7cbedc9743d4b46898daccb09d9caef97256393f84e9498c1a"}},
		characters: func(files []file) (*Corpus, error) {
			return NewCharacters("war-and-peace", string(files[0].b))
		},
	},
	{
		Name: "gutenberg", Title: "18 English books, 11.8 million characters",
		Terms:   "public domain (Project Gutenberg, as NLTK selects them)",
		Folders: []string{"gutenberg"},
		Files: []File{
			{"austen-emma.txt", 887071, "71b0923d75fcf2f1faa897b22da8de8e2476d7478a2b22388eb58a3420e00215"},
			{"austen-persuasion.txt", 466292, "cec097657cbfeb62aafe178973f514fa07ab66a5e28ea025ebd5d51ca870e40f"},
			{"austen-sense.txt", 673022, "57b169c7cfa502896dee25bd66616f61cc1d21084caf31f015176ee46fda9718"},
			{"melville-moby_dick.txt", 1242990, "dc2466ee3c2e6e2ea1f86233d142e4b5578fdc1d6f0ca657bee7572202a980c7"},
			{"bible-kjv.txt", 4332554, "3f56c9f0bbc796312aacc5fcb49a799f5c5f729f00db3f86bff26319a93bfede"},
			{"blake-poems.txt", 38153, "840897a66e23a47dd1fd56b864f421b2be0af074dc081244f7995bf26939eee9"},
			{"bryant-stories.txt", 249439, "c87f2c50a00055010f02edb6bb643aabe2473465da7f62db43cb4cda1a1c768d"},
			{"burgess-busterbrown.txt", 84663, "7d8b1648ffeaa7268819c62852e5653f2f295528411c8c895ce3941581146331"},
			{"carroll-alice.txt", 144395, "5ce9042c0d8536b072b61d4c7c4e6d70c72d9dbb5f3d816261326d9280749266"},
			{"chesterton-ball.txt", 457450, "c6b6d4e8c09a3f49a09f37f4e47663d4d6f048b62d86c70ccafdfd8f27059a58"},
			{"chesterton-brown.txt", 406629, "67027976205b4b30e367c704807f56c8ffac3e8ea6037d993e57ab1fe28447ec"},
			{"chesterton-thursday.txt", 320525, "8b431a2a8db84089cd6f83fa66610c3b12c04114609df6e90137c0c58f2c5493"},
			{"edgeworth-parents.txt", 935158, "543b2162782f839b9917b88956acbd7507df37c543286c16c228b36dda0cf950"},
			{"milton-paradise.txt", 468220, "49028a77c557de1459e96c026edbe72997be2d9015925f7baefb793cd6fe706f"},
			{"shakespeare-caesar.txt", 112310, "7c46bd32fc84d9596bcad55b61ec3c1a390239acb190b286422855aafc2774b3"},
			{"shakespeare-hamlet.txt", 162881, "1eceab7027ad7e0cc25c6b6aadcb2e6bb070395cb2085f775ac732d63d5db240"},
			{"shakespeare-macbeth.txt", 100351, "d4a204352cfe5924cbae76f764225d120e9f7617d39cb8c949dedd3f306353ac"},
			{"whitman-leaves.txt", 711215, "93ebaf1dccc8f1514b4b1c2f52e64e81829113fc58cff63fb51ada0c72f99c3e"},
		},
		characters: gutenbergNovels, words: gutenbergWords,
	},
	{
		Name: "ptb", Title: "Penn Treebank, 1 million words, as prepared by T. Mikolov",
		Terms:   "LDC licence: the user's own copy only (M. Marcus, B. Santorini, M. Marcinkiewicz, 1993)",
		Folders: []string{"ptb"},
		Files:   []File{{Name: "ptb.train.txt"}, {Name: "ptb.valid.txt"}, {Name: "ptb.test.txt"}},
		words: func(f []file) (*Corpus, error) {
			return NewWords("ptb", string(f[0].b), string(f[1].b), string(f[2].b), vocabularySize)
		},
	},
}

// vocabularySize is that of the Penn Treebank files.
const vocabularySize = 10000

// idxSets reads train-images, train-labels, t10k-images, t10k-labels.
func idxSets(name string) func([]file) (*Set, *Set, error) {
	return func(f []file) (train, test *Set, err error) {
		if train, err = idxSet(name, 10, f[0], f[1]); err != nil {
			return nil, nil, err
		}
		if test, err = idxSet(name, 10, f[2], f[3]); err != nil {
			return nil, nil, err
		}
		return train, test, nil
	}
}

// cifarSets reads files of which the last one is the test set.
func cifarSets(name string, classes int) func([]file) (*Set, *Set, error) {
	return func(f []file) (train, test *Set, err error) {
		last := len(f) - 1
		if train, err = cifarSet(name, classes, f[:last]...); err != nil {
			return nil, nil, err
		}
		if test, err = cifarSet(name, classes, f[last]); err != nil {
			return nil, nil, err
		}
		return train, test, nil
	}
}

// book is what is in a file, with lines that end as on Unix. Seven bytes of the
// 18 books are Latin-1: they become UTF-8.
func book(f file) string {
	var b strings.Builder
	b.Grow(len(f.b))
	for _, c := range f.b {
		if c != '\r' {
			b.WriteRune(rune(c))
		}
	}
	return b.String()
}

// gutenbergNovels stands in for War and Peace: four novels, 3.2 million characters.
func gutenbergNovels(files []file) (*Corpus, error) {
	var text strings.Builder
	for _, f := range files[:4] {
		text.WriteString(book(f))
	}
	return NewCharacters("gutenberg", text.String())
}

// gutenbergWords stands in for the Penn Treebank: of every book the first 90 %
// of the sentences to train on, then 5 % and 5 %.
func gutenbergWords(files []file) (*Corpus, error) {
	var parts [3]strings.Builder
	for _, f := range files {
		lines := strings.SplitAfter(sentences(book(f)), "\n")
		n := len(lines)
		for i, line := range lines {
			switch {
			case i < n*90/100:
				parts[0].WriteString(line)
			case i < n*95/100:
				parts[1].WriteString(line)
			default:
				parts[2].WriteString(line)
			}
		}
	}
	c, err := NewWords("gutenberg", parts[0].String(), parts[1].String(), parts[2].String(), vocabularySize)
	if err != nil {
		return nil, fmt.Errorf("data: gutenberg: %w", err)
	}
	return c, nil
}
