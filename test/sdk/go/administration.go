package main

import (
	"slices"
	"time"

	"github.com/milvus-io/milvus/client/v2/entity"
	client "github.com/milvus-io/milvus/client/v2/milvusclient"
)

func init() {
	feature("Load and release", "load, states, release", loadAndRelease)
	feature("Flush, compaction, load, segments", "compaction with plans and states", compaction)
	feature("Users, roles and privileges", "users", users)
	feature("Users, roles and privileges", "privileges", privileges)
	feature("Resource groups", "create, describe, alter, drop", resourceGroups)
	feature("Connection", "handshake", handshake)
}

func loadAndRelease(run run) {
	name := filled(run, "loaded")
	state := func() entity.LoadStateCode {
		return must(run.client.GetLoadState(run, client.NewGetLoadStateOption(name))).State
	}
	// Readers may still be loading what has just been sealed.
	for state() != entity.LoadStateLoaded {
		check(run.Err())
		time.Sleep(50 * time.Millisecond)
	}
	check(run.client.ReleaseCollection(run, client.NewReleaseCollectionOption(name)))
	equal(state(), entity.LoadStateNotLoad)
	_, err := run.client.Search(run, client.NewSearchOption(name, 1, query(1)))
	failsWith(err, "collection not loaded")
	load(run, name)
	equal(len(must(run.client.Search(run, client.NewSearchOption(name, 1, query(1))))), 1)
	drop(run, name)
}

func compaction(run run) {
	name := filled(run, "compacted")
	check(must(run.client.Flush(run, client.NewFlushOption(name))).Await(run))
	job := must(run.client.Compact(run, client.NewCompactOption(name)))
	for must(run.client.GetCompactionState(run, client.NewGetCompactionStateOption(job))) != entity.CompactionStateCompleted {
		check(run.Err())
		time.Sleep(50 * time.Millisecond)
	}
	equal(len(found(run, name, "id >= 0")), rowCount)
	drop(run, name)
}

func users(run run) {
	user, role := uniqueName("user"), uniqueName("role")
	check(run.client.CreateUser(run, client.NewCreateUserOption(user, "secret-1")))
	check(run.client.CreateRole(run, client.NewCreateRoleOption(role)))
	check(run.client.GrantRole(run, client.NewGrantRoleOption(user, role)))
	expect(slices.Contains(must(run.client.ListUsers(run, client.NewListUserOption())), user))
	equal(must(run.client.DescribeUser(run, client.NewDescribeUserOption(user))).Roles, []string{role})
	check(run.client.UpdatePassword(run, client.NewUpdatePasswordOption(user, "secret-1", "secret-2")))
	check(run.client.RevokeRole(run, client.NewRevokeRoleOption(user, role)))
	check(run.client.DropRole(run, client.NewDropRoleOption(role)))
	check(run.client.DropUser(run, client.NewDropUserOption(user)))
}

func privileges(run run) {
	role := uniqueName("reader")
	check(run.client.CreateRole(run, client.NewCreateRoleOption(role)))
	check(run.client.GrantPrivilegeV2(run, client.NewGrantPrivilegeV2Option(role, "Search", "*").WithDbName("default")))
	granted := must(run.client.DescribeRole(run, client.NewDescribeRoleOption(role))).Privileges
	equal(len(granted), 1)
	equal(granted[0].Privilege, "Search")
	check(run.client.RevokePrivilegeV2(run, client.NewRevokePrivilegeV2Option(role, "Search", "*").WithDbName("default")))
	check(run.client.DropRole(run, client.NewDropRoleOption(role)))
}

func resourceGroups(run run) {
	name := uniqueName("group")
	check(run.client.CreateResourceGroup(run, client.NewCreateResourceGroupOption(name)))
	expect(slices.Contains(must(run.client.ListResourceGroups(run, client.NewListResourceGroupsOption())), name))
	equal(must(run.client.DescribeResourceGroup(run, client.NewDescribeResourceGroupOption(name))).Name, name)
	check(run.client.DropResourceGroup(run, client.NewDropResourceGroupOption(name)))
}

func handshake(run run) {
	expect(must(run.client.GetServerVersion(run, client.NewGetServerVersionOption())) != "", "a version")
}
