"""Who is at the desk, for its menu."""
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from upay.accounts import Permission, StaffMember
from upay_web.http.person import StaffFor

router = APIRouter(prefix="/api/v1/desk", tags=["desk"], include_in_schema=False)


class Me(BaseModel):
    """The member of staff who is asking, and what their roles open."""

    name: str
    roles: list[str]
    permissions: list[str]


@router.get("/me")
def me(staff: Annotated[StaffMember, Depends(StaffFor())], response: Response) -> Me:
    """Name, roles and permissions."""
    response.headers["Cache-Control"] = "no-store"
    allowed = [permission.value for permission in Permission if staff.may(permission)]
    return Me(name=staff.name, roles=sorted(staff.roles), permissions=allowed)
