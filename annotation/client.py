"""The few calls to Label Studio's REST interface that review needs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import httpx

from common.errors import MissingPartError, UsageError

CHUNK = 500
"""Tasks a call: the server's memory stays below half a gigabyte."""
ANSWERED = ("ANNOTATION_CREATED", "ANNOTATION_UPDATED")


class LabelStudio:
    """A server that runs. Use as a context manager.

    Args:
        url: its address.
        token: a user's access token.

    Raises (every call): `MissingPartError` when the server does not answer or answers with an
    error, `UsageError` when it does not accept the token.
    """

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        self._http = httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Token {token}"},
            timeout=120,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def call(self, method: str, path: str, **content: Any) -> Any:
        """One call; the JSON of the answer."""
        try:
            answer = self._http.request(method, path, **content)
        except httpx.HTTPError as error:
            raise MissingPartError(
                f"no answer ({error})",
                where=f"Label Studio at {self.url}",
                hint="hotich review start",
            ) from error
        if answer.status_code in (401, 403):
            raise UsageError("the token is not accepted", where=f"Label Studio at {self.url}")
        if answer.is_error:
            raise MissingPartError(
                f"{method} {path} → {answer.status_code}: {answer.text[:300]}",
                where=f"Label Studio at {self.url}",
            )
        return answer.json() if answer.content else None

    def user(self) -> str:
        """The e-mail of the token's owner."""
        return str(self.call("GET", "/api/current-user/whoami")["email"])

    def users(self) -> dict[int, str]:
        """Everybody's e-mail by user id."""
        return {user["id"]: user["email"] for user in self.call("GET", "/api/users")}

    def find_project(self, key: str) -> int | None:
        """The project whose description is ``key``."""
        page = 1
        while True:
            answer = self.call("GET", "/api/projects", params={"page": page, "page_size": 100})
            for project in answer["results"]:
                if project["description"] == key:
                    return int(project["id"])
            if not answer["next"]:
                return None
            page += 1

    def make_project(self, key: str, title: str, layout: str, instructions: str) -> int:
        """A new project; its id. The title is cut to the 50 letters the server takes."""
        content = {
            "title": title[:50],
            "description": key,
            "label_config": layout,
            "expert_instruction": instructions,
        }
        return int(self.call("POST", "/api/projects", json=content)["id"])

    def serve_folder(self, project: int, folder: Path) -> None:
        """Let the server show the images of a folder below its document root, to the project."""
        path = "/api/storages/localfiles"
        if any(
            s["path"] == str(folder) for s in self.call("GET", path, params={"project": project})
        ):
            return
        content = {"project": project, "path": str(folder), "use_blob_urls": True, "title": "crops"}
        self.call("POST", path, json=content)

    def tasks(self, project: int, *, all_tasks: bool = True) -> list[dict[str, Any]]:
        """The tasks with their annotations; without ``all_tasks`` only the annotated ones.

        Of predictions and drafts it tells no more than which there are.
        """
        choice = {"exportType": "JSON", "download_all_tasks": str(all_tasks).lower()}
        found: list[dict[str, Any]] = self.call(
            "GET", f"/api/projects/{project}/export", params=choice
        )
        return found

    def add_tasks(self, project: int, tasks: Sequence[dict[str, Any]]) -> None:
        """Import tasks with their predictions, in chunks, each as a whole or not at all."""
        for start in range(0, len(tasks), CHUNK):
            chunk = list(tasks[start : start + CHUNK])
            self.call("POST", f"/api/projects/{project}/import", json=chunk)

    def renew_task(self, task: int, prediction: int, content: dict[str, Any]) -> None:
        """Give a task other data and another prediction; it keeps its place in the order."""
        (shown,) = content["predictions"]
        self.call("PATCH", f"/api/predictions/{prediction}/", json=shown)
        self.call("PATCH", f"/api/tasks/{task}/", json={"data": content["data"]})

    def drop_tasks(self, project: int, tasks: Sequence[int]) -> None:
        """Delete tasks."""
        if tasks:
            self.call(
                "POST",
                "/api/dm/actions",
                params={"id": "delete_tasks", "project": project},
                json={"selectedItems": {"all": False, "included": list(tasks)}},
            )

    def show_version(self, project: int, version: str) -> None:
        """Show the predictions of this model version, and no others."""
        path = f"/api/projects/{project}"
        if self.call("GET", path)["model_version"] != version:
            self.call("PATCH", path, json={"model_version": version})

    def tell(self, project: int, url: str) -> None:
        """Send every answer given in a project to an address, beside keeping it."""
        hooks = self.call("GET", "/api/webhooks/", params={"project": project})
        if any(hook["url"] == url for hook in hooks):
            return
        for hook in hooks:  # a receiver that ran on another port
            self.call("DELETE", f"/api/webhooks/{hook['id']}/")
        content = {
            "project": project,
            "url": url,
            "send_payload": True,
            "send_for_all_actions": False,
            "actions": list(ANSWERED),
        }
        self.call("POST", "/api/webhooks/", json=content)

    def read_boxes_with(self, project: int, url: str) -> None:
        """Let an ML backend of ours read the boxes that a person draws."""
        for backend in self.call("GET", "/api/ml", params={"project": project}):
            if backend["url"] == url:
                return
            self.call("DELETE", f"/api/ml/{backend['id']}")
        content = {"project": project, "url": url, "title": "hotich", "is_interactive": True}
        self.call("POST", "/api/ml", json=content)
