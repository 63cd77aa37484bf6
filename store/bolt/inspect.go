package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// A bbolt file begins with two meta pages, of which the valid one with the
// higher transaction rules. bbolt maps a file without comparing its length
// with what they say, and dies of SIGBUS where a page is missing; so they are
// read here first.

const (
	boltMagic      = 0xED0CDAED
	boltVersion    = 2
	pageHeaderSize = 16
	metaSize       = 64
)

// metaPage is what a meta page says.
type metaPage struct {
	magic    uint32
	version  uint32
	pageSize int64
	pages    int64 // the high-water mark
	txid     uint64
	valid    bool
}

func readMeta(f io.ReaderAt, offset int64) (metaPage, error) {
	var b [metaSize]byte
	if _, err := f.ReadAt(b[:], offset+pageHeaderSize); err != nil {
		return metaPage{}, err
	}
	order := binary.NativeEndian
	m := metaPage{
		magic:    order.Uint32(b[0:]),
		version:  order.Uint32(b[4:]),
		pageSize: int64(order.Uint32(b[8:])),
		pages:    int64(order.Uint64(b[40:])),
		txid:     order.Uint64(b[48:]),
	}
	h := fnv.New64a()
	_, _ = h.Write(b[:56]) // never fails
	m.valid = m.magic == boltMagic && m.version == boltVersion && order.Uint64(b[56:]) == h.Sum64()
	return m, nil
}

// inspect refuses a file that bbolt must not map. It returns a warning where
// the file can be used but is not as it was left. An empty file passes.
func inspect(f *os.File) (warning string, err error) {
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	size := info.Size()
	if size == 0 {
		return "", nil
	}
	first, second, err := readMetas(f)
	if err != nil {
		return "", err
	}
	ruling := first
	if !first.valid || second.valid && second.txid > first.txid {
		ruling = second
	}
	switch {
	case !first.valid && !second.valid:
		return "", unusable(f.Name(), size, first, second)
	case size < ruling.pages*ruling.pageSize:
		return "", &DamagedError{Path: f.Name(), Do: restore,
			What: fmt.Sprintf("the file has been cut off: %d bytes, of which at least %d are needed", size, ruling.pages*ruling.pageSize)}
	case !first.valid || !second.valid:
		return fmt.Sprintf("one of the two meta pages of %s is damaged; the archive was opened as of transaction %d, and the write after that may be lost",
			f.Name(), ruling.txid), nil
	}
	return "", nil
}

// readMetas reads both meta pages. Where the first is damaged, the page size
// is not known and the second is looked for.
func readMetas(f io.ReaderAt) (first, second metaPage, err error) {
	if first, err = readMeta(f, 0); err != nil && !errors.Is(err, io.EOF) {
		return first, second, err
	}
	if first.valid {
		second, err = readMeta(f, first.pageSize)
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return first, second, err
	}
	for size := int64(1 << 10); size <= 1<<24; size <<= 1 {
		m, err := readMeta(f, size)
		if err != nil && !errors.Is(err, io.EOF) {
			return first, second, err
		}
		if m.valid && m.pageSize == size || m.magic == boltMagic && second.magic != boltMagic {
			second = m
		}
		if second.valid {
			break
		}
	}
	return first, second, nil
}

// unusable tells a damaged archive from a file that never was one.
func unusable(path string, size int64, metas ...metaPage) error {
	for _, m := range metas {
		if m.magic != boltMagic {
			continue
		}
		if m.version != boltVersion {
			return &ForeignError{Path: path, What: fmt.Sprintf("it is a bbolt file of format %d; this program reads format %d", m.version, boltVersion)}
		}
		return &DamagedError{Path: path, What: "both of its meta pages are damaged", Do: restore}
	}
	return &ForeignError{Path: path, What: fmt.Sprintf("it is not an archive of Silkwire (%d bytes of something else); it was left alone. "+
		"If an archive should be there, put the newest backup in its place", size)}
}
