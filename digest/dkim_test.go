package digest

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"slices"
	"strings"
	"testing"

	"github.com/emersion/go-msgauth/dkim"
)

// published is the DNS record of a key, for whoever verifies.
func published(t *testing.T, key crypto.Signer) func(string) ([]string, error) {
	t.Helper()
	record := "v=DKIM1; k=ed25519; p="
	public, isEd := key.Public().(ed25519.PublicKey)
	content := []byte(public)
	if !isEd {
		record = "v=DKIM1; k=rsa; p="
		var err error
		if content, err = x509.MarshalPKIXPublicKey(key.Public()); err != nil {
			t.Fatal(err)
		}
	}
	return func(name string) ([]string, error) {
		if name != "s1._domainkey.silkwire.example" {
			t.Errorf("asked for %s", name)
		}
		return []string{record + base64.StdEncoding.EncodeToString(content)}, nil
	}
}

func inPEM(t *testing.T, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func keys(t *testing.T) map[string]crypto.Signer {
	t.Helper()
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, e, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]crypto.Signer{"RSA": r, "Ed25519": e}
}

func TestASignedMailVerifiesAsItArrives(t *testing.T) {
	for name, key := range keys(t) {
		t.Run(name, func(t *testing.T) {
			parsed, err := ParseKey(inPEM(t, key))
			if err != nil {
				t.Fatal(err)
			}
			d, a, w := stage(t)
			d.Signature = &Signature{Domain: "silkwire.example", Selector: "s1", Key: parsed}
			office := new(postOffice).open(t, nil)
			issue(t, d, daily("reader@desk.example"), closing())
			deliver(t, courier(a, w, office.plain()))
			got := office.got("reader@desk.example")
			if len(got) != 1 {
				t.Fatal(a.delivery())
			}
			verify := func(body string) *dkim.Verification {
				list, err := dkim.VerifyWithOptions(strings.NewReader(body), &dkim.VerifyOptions{LookupTXT: published(t, key)})
				if err != nil || len(list) != 1 {
					t.Fatalf("%v, %d signatures", err, len(list))
				}
				return list[0]
			}
			v := verify(got[0])
			if v.Err != nil || v.Domain != "silkwire.example" {
				t.Errorf("%+v", v)
			}
			for _, h := range []string{"from", "subject", "list-unsubscribe", "list-unsubscribe-post", "message-id"} { // RFC 8058, section 4
				if !slices.ContainsFunc(v.HeaderKeys, func(k string) bool { return strings.EqualFold(k, h) }) {
					t.Errorf("%s is not signed", h)
				}
			}
			for _, forged := range []string{strings.Replace(got[0], "Subject: ", "Subject: x", 1), got[0] + "more\r\n"} {
				if verify(forged).Err == nil {
					t.Error("a forged mail verifies")
				}
			}
		})
	}
}

func TestAKeyThatSignsNoMailIsRefused(t *testing.T) {
	for name, content := range map[string][]byte{
		"nothing": nil, "a text": []byte("secret"), "a public key": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: []byte("x")}),
	} {
		if key, err := ParseKey(content); err == nil {
			t.Errorf("%s: %T", name, key)
		}
	}
	if k, err := ParseKey(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(mustRSA(t))})); err != nil || k == nil {
		t.Errorf("PKCS #1: %v", err)
	}
}

func mustRSA(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestASignatureIsMadeOnceAndFrozen(t *testing.T) { // M5
	d, a, w := stage(t)
	d.Signature = &Signature{Domain: "silkwire.example", Selector: "s1", Key: mustRSA(t)}
	var copies [][]byte
	lostOnce := answers(func(_ string, body []byte) error {
		copies = append(copies, body)
		if len(copies) == 1 {
			return &Failure{Kind: Ambiguous, Stage: "reply to the message"}
		}
		return nil
	})
	issue(t, d, daily("reader@desk.example"), closing())
	c := courier(a, w, lostOnce)
	w.pass(deliver(t, c).Sub(w.now()))
	deliver(t, c)
	if len(copies) != 2 || !bytes.Equal(copies[0], copies[1]) || !bytes.HasPrefix(copies[0], []byte("DKIM-Signature:")) {
		t.Errorf("%d copies", len(copies))
	}
}
