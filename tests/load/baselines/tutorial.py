"""TUTORIAL: the features of the Workout API, each as its own documentation or a popular tutorial adds it to FastAPI.

SQLModel sessions and response models, BaseHTTPMiddleware for logging and entity tags, slowapi on Redis by its
decorator, prometheus-fastapi-instrumentator, a user query for each token.
"""

import hashlib
import logging
import os
import time
import uuid
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.security import OAuth2PasswordBearer
from jose import JWTError, jwt
from prometheus_fastapi_instrumentator import Instrumentator
from slowapi import Limiter, _rate_limit_exceeded_handler
from slowapi.errors import RateLimitExceeded
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger("tutorial")
SECRET = os.environ["JWT_SECRET_KEY"]


class User(SQLModel, table=True):
    __tablename__ = "plain_users"

    id: int = Field(primary_key=True)
    username: str
    role: str


class ExerciseBase(SQLModel):
    name: str = Field(min_length=1, max_length=100)
    sets: int = Field(ge=1, le=100)
    reps: int = Field(ge=1, le=1000)
    weight: float | None = None
    workout_day: str = "A"


class Exercise(ExerciseBase, table=True):
    __tablename__ = "plain_exercises"

    id: int | None = Field(default=None, primary_key=True)


class Added(ExerciseBase, table=True):
    __tablename__ = "plain_added"

    id: int | None = Field(default=None, primary_key=True)


class ExercisePublic(ExerciseBase):
    id: int


class ExercisePage(SQLModel):
    page: int
    page_size: int
    total: int
    items: list[ExercisePublic]


engine = create_async_engine(os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+asyncpg:"))
new_session = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")


async def get_session() -> AsyncIterator[AsyncSession]:
    async with new_session() as session:
        yield session


Session = Annotated[AsyncSession, Depends(get_session)]


async def get_current_user(session: Session, token: Annotated[str, Depends(oauth2_scheme)]) -> User:
    try:
        username = jwt.decode(token, SECRET, algorithms=["HS256"])["sub"]
    except JWTError:
        raise HTTPException(401, "Could not validate credentials") from None
    user = (await session.exec(select(User).where(User.username == username))).first()
    if user is None:
        raise HTTPException(401, "Could not validate credentials")
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]
limiter = Limiter(lambda request: request.client.host, storage_uri=os.environ["REDIS_URL"], headers_enabled=True)
app = FastAPI()
app.state.limiter = limiter
app.add_exception_handler(RateLimitExceeded, _rate_limit_exceeded_handler)  # type: ignore[arg-type]
Instrumentator().instrument(app).expose(app)


class LoggingMiddleware(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        request_id = request.headers.get("X-Request-ID", str(uuid.uuid4()))
        start = time.perf_counter()
        response = await call_next(request)
        duration = time.perf_counter() - start
        response.headers["X-Request-ID"] = request_id
        response.headers["X-Process-Time"] = str(duration)
        logger.info("%s %s %s %s %.4fs", request_id, request.method, request.url.path, response.status_code, duration)
        return response


class ETagMiddleware(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        response = await call_next(request)
        body = b"".join([chunk async for chunk in response.body_iterator])  # type: ignore[attr-defined]
        etag = f'W/"{hashlib.sha256(body).hexdigest()}"'
        if request.method == "GET" and request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"ETag": etag})
        headers = {**response.headers, "ETag": etag}
        return Response(body, response.status_code, headers, response.media_type)


app.add_middleware(ETagMiddleware)
app.add_middleware(LoggingMiddleware)


@app.get("/exercises", response_model=ExercisePage)
@limiter.limit("1000000/minute")
async def list_exercises(
    request: Request,
    response: Response,
    session: Session,
    user: CurrentUser,
    page: Annotated[int, Query(ge=1)] = 1,
    page_size: Annotated[int, Query(ge=1, le=200)] = 20,
) -> object:
    total = (await session.exec(select(func.count()).select_from(Exercise))).one()
    statement = select(Exercise).order_by(col(Exercise.id)).offset((page - 1) * page_size).limit(page_size)
    items = (await session.exec(statement)).all()
    response.headers["X-Total-Count"] = str(total)
    return {"page": page, "page_size": page_size, "total": total, "items": items}


@app.get("/exercises/{exercise_id}", response_model=ExercisePublic)
@limiter.limit("1000000/minute")
async def get_exercise(
    request: Request, response: Response, exercise_id: int, session: Session, user: CurrentUser
) -> object:
    exercise = await session.get(Exercise, exercise_id)
    if exercise is None:
        raise HTTPException(404, "Exercise not found")
    return exercise


@app.post("/exercises", response_model=ExercisePublic, status_code=201)
@limiter.limit("1000000/minute")
async def add_exercise(
    request: Request, response: Response, new: ExerciseBase, session: Session, user: CurrentUser
) -> object:
    exercise = Added.model_validate(new)
    session.add(exercise)
    await session.commit()
    await session.refresh(exercise)
    return exercise
