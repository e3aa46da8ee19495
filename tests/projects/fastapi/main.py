from fastapi import FastAPI

from adapter import Adapter

app = FastAPI(title="Books")


@app.get("/books")
async def books():
    return ["Momo", "Emil"]


def main():
    import uvicorn

    uvicorn.run(app)


handler = Adapter(app, lifespan="off")

if __name__ == "__main__":
    main()
