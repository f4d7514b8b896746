// What the Go chapters share: features, and a record of the calls the client makes.
//
// A chapter's file adds its features in `init`; the titles are those of docs/compatibility.md. Argument of the program: address of a running Braid.
// It prints one JSON line for each feature: its name and chapter, the error or null, the calls with their codes.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/milvus-io/milvus/client/v2/entity"
	"github.com/milvus-io/milvus/client/v2/milvusclient"
	"google.golang.org/grpc"
)

const featureTimeout = 60 * time.Second

type run struct {
	context.Context
	client *milvusclient.Client
}

type featureOf struct {
	chapter, name string
	body          func(run)
}

type result struct {
	Feature string   `json:"feature"`
	Chapter string   `json:"chapter"`
	Error   any      `json:"error"`
	Calls   []string `json:"calls"`
}

var features []featureOf

func feature(chapter, name string, body func(run)) {
	features = append(features, featureOf{chapter, name, body})
}

func main() {
	for _, each := range features {
		calls := &recorder{seen: map[string]bool{}}
		problem := perform(os.Args[1], each, calls)
		check(json.NewEncoder(os.Stdout).Encode(result{each.name, each.chapter, problem, calls.sorted()}))
	}
}

func perform(address string, each featureOf, calls *recorder) (problem any) {
	ctx, cancel := context.WithTimeout(context.Background(), featureTimeout)
	defer cancel()
	defer func() {
		if caught := recover(); caught != nil {
			problem = fmt.Sprint(caught)
		}
	}()
	options := append(slices.Clone(milvusclient.DefaultGrpcOpts), grpc.WithChainUnaryInterceptor(calls.intercept))
	config := &milvusclient.ClientConfig{Address: address, DialOptions: options}
	client := must(milvusclient.New(ctx, config))
	defer client.Close(ctx)
	each.body(run{ctx, client})
	return nil
}

type recorder struct {
	mutex sync.Mutex
	seen  map[string]bool
}

func (calls *recorder) intercept(ctx context.Context, method string, request, reply any, connection *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption) error {
	err := invoke(ctx, method, request, reply, connection, options...)
	if err == nil {
		calls.mutex.Lock()
		defer calls.mutex.Unlock()
		calls.seen[fmt.Sprintf("%s:%d", path.Base(method), codeOf(reply))] = true
	}
	return err
}

func (calls *recorder) sorted() []string {
	return slices.Sorted(maps.Keys(calls.seen))
}

// The code of an answer that is a status or has one.
func codeOf(reply any) int32 {
	if answer := reflect.ValueOf(reply).MethodByName("GetStatus"); answer.IsValid() {
		reply = answer.Call(nil)[0].Interface()
	}
	if status, is := reply.(interface{ GetCode() int32 }); is {
		return status.GetCode()
	}
	return 0
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func expect(holds bool, words ...any) {
	if !holds {
		panic(fmt.Sprint("expected otherwise: ", fmt.Sprintln(words...)))
	}
}

func equal(got, wanted any) {
	expect(reflect.DeepEqual(got, wanted), "got", got, "wanted", wanted)
}

func failsWith(err error, words string) {
	expect(err != nil && strings.Contains(err.Error(), words), "an error with", words, "got", err)
}

var names = 0

func uniqueName(base string) string {
	names++
	return fmt.Sprintf("%s_go_%d_%d", base, os.Getpid(), names)
}

const (
	dimension = 8
	rowCount  = 100
)

// The same vectors in every run, none of them near another.
func vectorOf(id int) []float32 {
	vector := make([]float32, dimension)
	for i := range vector {
		vector[i] = float32(math.Sin(float64(id*dimension+i) * 1.7))
	}
	return vector
}

func vectors(ids []int64) [][]float32 {
	all := make([][]float32, len(ids))
	for i, id := range ids {
		all[i] = vectorOf(int(id))
	}
	return all
}

func idsBetween(from, to int) []int64 {
	ids := make([]int64, 0, to-from)
	for id := from; id < to; id++ {
		ids = append(ids, int64(id))
	}
	return ids
}

// What an exact search (L2) finds among the ids.
func nearest(query []float32, ids []int64, limit int) []int64 {
	distance := func(id int64) (sum float64) {
		for i, value := range vectorOf(int(id)) {
			sum += math.Pow(float64(value-query[i]), 2)
		}
		return sum
	}
	sorted := slices.SortedFunc(slices.Values(ids), func(left, right int64) int {
		return int(math.Copysign(1, distance(left)-distance(right)))
	})
	return sorted[:min(limit, len(sorted))]
}

func query(id int) []entity.Vector {
	return []entity.Vector{entity.FloatVector(vectorOf(id))}
}
